// Package exchange reads tables into a workbook and writes them out of it: CSV and XLSX, as people and other systems
// make them (domain section E3).
//
// Reading takes UTF-8 with and without a byte-order mark, UTF-16, and GB18030, which Excel in China saves; comma, semicolon and tab;
// headers that are field names, labels in either language, or the names that known systems use. References are found by
// code or by name, and a row whose record is there already changes it or is skipped. What cannot be taken is told row by
// row, with the reason, in a file that can be mended and read again.
package exchange
