"""PDF files, read in a bounded process: ruled tables, tables set by spaces, running text, scans."""
