"""Workbooks: XLSX, XLS and ODS, with bounds."""
