"""The units' side of a month, played for the demo and the tests: clerks who open, fill and save the issued workbook."""
