/** How tables of text are written. */

export interface CsvOptions {
  /**
   * Character between the fields; `' '` for any number of blanks and tabs.
   *
   * @default found in the first lines, see delimiter.ts
   */
  readonly delimiter?: string | undefined;
  /**
   * Lines at the beginning of the file that are left out. What is plainly no part of the table (Excel's `sep=;`,
   * lines with `#` or of a single field) is left out by itself.
   *
   * @default 0
   */
  readonly skipLines?: number | undefined;
  /**
   * What lines begin with that are left out, wherever they stand; within a quoted field, too.
   *
   * @default none
   */
  readonly comment?: string | undefined;
  /**
   * Whether lines that cannot be read (more fields than columns, text behind a closing quote) are left out, in
   * place of an error.
   *
   * @default false
   */
  readonly skipBadLines?: boolean | undefined;
  /**
   * Whether the first record holds the names of the columns.
   *
   * @default true
   */
  readonly header?: boolean | undefined;
  /**
   * A label of the WHATWG encoding standard. A byte-order mark wins.
   *
   * @default UTF-8
   */
  readonly encoding?: string | undefined;
  /**
   * Characters that the delimiter and the line ends are found from.
   *
   * @default 65,536
   */
  readonly sampleSize?: number | undefined;
}
