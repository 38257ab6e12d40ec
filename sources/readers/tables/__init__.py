"""Tables of any kind of file: header, layouts, titles, cards of labels, and the rows below."""
