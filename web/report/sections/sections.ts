import type { Section } from '../../../lib/report/reportData.js';
import type { Language } from '../language.js';
import { anomaliesSection } from './anomalies.js';
import { classesSection } from './classes.js';
import { curvesSection } from './curves.js';
import { importanceSection } from './importance.js';
import { layersSection } from './layers.js';
import { numbersSection } from './numbers.js';
import { studySection } from './study.js';

/** What a section consists of, beneath its heading. */
export function sectionContent(section: Section, language: Language): HTMLElement[] {
  switch (section.type) {
    case 'curves':
      return curvesSection(section, language);
    case 'classes':
      return classesSection(section, language);
    case 'numbers':
      return numbersSection(section, language);
    case 'anomalies':
      return anomaliesSection(section, language);
    case 'layers':
      return layersSection(section, language);
    case 'importance':
      return importanceSection(section, language);
    case 'study':
      return studySection(section, language);
  }
}

export function headingOf({ type }: Section, { texts }: Language): string {
  return texts[type].heading;
}
