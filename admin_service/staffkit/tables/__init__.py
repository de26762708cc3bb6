"""Tables that people bring and take: CSV and XLSX, read by evidence, written so that spreadsheets open them right."""
