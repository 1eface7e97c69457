import type { BuildOptions } from '../build/buildArguments.js';
import type { ConvertOptions } from '../convert/convertArguments.js';
import type { CourseOptions } from '../course/courseArguments.js';
import type { EvaluateOptions } from '../evaluate/evaluateArguments.js';
import type { ExportOptions } from '../export/exportArguments.js';
import type { ImportOptions } from '../import/importArguments.js';
import type { InfoOptions } from '../info/infoArguments.js';
import type { InspectOptions } from '../inspect/inspectArguments.js';
import type { PredictOptions } from '../predict/predictArguments.js';
import type { ReportOptions } from '../report/reportArguments.js';
import type { SearchOptions } from '../search/searchArguments.js';
import type { StudyInvocation } from '../study/studyArguments.js';
import type { TrainOptions } from '../train/trainArguments.js';

/** Which command is to do what, as plain data. */
export type Invocation =
  | { readonly command: 'course'; readonly options: CourseOptions }
  | { readonly command: 'train'; readonly options: TrainOptions }
  | { readonly command: 'search'; readonly options: SearchOptions }
  | { readonly command: 'predict'; readonly options: PredictOptions }
  | { readonly command: 'evaluate'; readonly options: EvaluateOptions }
  | { readonly command: 'report'; readonly options: ReportOptions }
  | { readonly command: 'convert'; readonly options: ConvertOptions }
  | { readonly command: 'export'; readonly options: ExportOptions }
  | { readonly command: 'import'; readonly options: ImportOptions }
  | { readonly command: 'inspect'; readonly options: InspectOptions }
  | StudyInvocation
  | { readonly command: 'build'; readonly options: BuildOptions }
  | { readonly command: 'info'; readonly options: InfoOptions }
  /** `--help` and `--version`: text to print. Without any command the help is an error message. */
  | { readonly command: 'print'; readonly text: string; readonly isError: boolean };
