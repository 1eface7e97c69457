import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DateFormat,
  dateFormats,
  formatDate,
  formatsLike,
  parseDate,
  partOf,
} from '../../lib/data/dates.js';

const day = 86_400_000;
const iso = 'YYYY-MM-DD';

describe('dates', () => {
  test.each<[string, DateFormat, string]>([
    ['2024-02-29', iso, '2024-02-29T00:00:00Z'],
    ['2024-05-01T09:30', iso, '2024-05-01T09:30:00Z'],
    ['2024-05-01 9:30:15', iso, '2024-05-01T09:30:15Z'],
    ['2024-05-01T09:30:15.250Z', iso, '2024-05-01T09:30:15.250Z'],
    ['2024-05-01T00:30:00+02:00', iso, '2024-04-30T22:30:00Z'],
    ['2024-05-01 00:30:00 -0530', iso, '2024-05-01T06:00:00Z'],
    ['0099-01-01', iso, '0099-01-01T00:00:00Z'],
    ['1.5.2024', 'DD.MM.YYYY', '2024-05-01T00:00:00Z'],
    ['01.05.2024, 12:00', 'DD.MM.YYYY', '2024-05-01T12:00:00Z'],
    ['5/1/2024 06:00', 'MM/DD/YYYY', '2024-05-01T06:00:00Z'],
    ['5/1/2024', 'DD/MM/YYYY', '2024-01-05T00:00:00Z'],
  ])('are read: %s as %s', (text, format, instant) => {
    expect(formatsLike(text)).toContain(format);
    expect(parseDate(text, format) * day).toBeCloseTo(Date.parse(instant), 2);
  });

  test.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-05-01T24:00',
    '2024-05-01T12:60',
    '2024-05-01 noon',
    '2024-5-1',
    '2024-05-01T12:00+25:00',
    'x',
    '',
    '0550-44-1234',
    '192.168.0.1',
    '1.234.567',
    '31/12/24',
  ])('are not seen in %j', (text) => {
    for (const format of formatsLike(text)) expect(parseDate(text, format)).toBeNaN();
  });

  test('that are written in any format are read as the same instant', () => {
    const dates = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, fc.constantFrom(...dateFormats), fc.boolean(), (date, format, hasTime) => {
        const seconds = Math.floor(date.getTime() / 1000);
        const days = hasTime ? seconds / 86_400 : Math.floor(seconds / 86_400);
        const text = formatDate(days, format, hasTime) ?? '';
        expect(formatsLike(text)).toContain(format);
        expect(parseDate(text, format)).toBeCloseTo(days, 8);
        expect(parseDate(date.toISOString(), iso) * day).toBeCloseTo(date.getTime(), 1);
      }),
    );
  });

  test('have parts that come round', () => {
    const monday = parseDate('2024-04-01 06:00', iso);
    expect(partOf(monday, 'month')).toBe(3 / 12);
    expect(partOf(monday, 'weekday')).toBe(0);
    expect(partOf(monday, 'hour')).toBe(0.25);
    // A Wednesday, before 1970.
    expect(partOf(parseDate('1969-12-31 12:00', iso), 'weekday')).toBe(2 / 7);
    expect(partOf(parseDate('1969-12-31 12:00', iso), 'month')).toBe(11 / 12);
  });
});
