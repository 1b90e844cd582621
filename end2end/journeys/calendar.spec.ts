// The calendar is read, an event is entered and removed, a calendar file is used, and what holidays did is read.
import { expect, test } from '../fixtures/test.ts';

const TERMS = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'UID:market',
  'SUMMARY:Market day',
  'DTSTART;VALUE=DATE:20200101',
  'RRULE:FREQ=MONTHLY',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:choir',
  'SUMMARY:Choir evening',
  'DTSTART;VALUE=DATE:20200102',
  'RRULE:FREQ=MONTHLY',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

test('an event is entered, seen, and removed again', async ({ administrator: page, accessible }) => {
  await page.goto('/calendar');
  await expect(page.getByRole('heading', { level: 1, name: 'Calendar' })).toBeVisible();
  const first = await page.locator('input[name=from]').inputValue();
  await page.getByLabel('Name', { exact: true }).first().fill('Street party');
  await page.getByLabel('First day', { exact: true }).first().fill(first);
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('The event is in the calendar.')).toBeVisible();
  const row = page.getByRole('row', { name: /Street party/ });
  await expect(row).toContainText('entered here');
  await expect(page.getByText('The calendar has changed since the forecasts were trained.')).toBeVisible();
  await accessible();
  await row.getByText('Change').click();
  await row.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('The event has left the calendar.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Street party/ })).toHaveCount(0);
});

test('a calendar file is looked at, chosen from, used and forgotten', async ({ administrator: page, accessible }) => {
  await page.goto('/calendar');
  await page.getByLabel('Calendar file (.ics)').setInputFiles({ name: 'Town.ics', mimeType: 'text/calendar', buffer: Buffer.from(TERMS) });
  await page.getByRole('button', { name: 'Upload and look' }).click();
  await expect(page.getByText('Not in use yet')).toBeVisible();
  await accessible();
  await page.getByLabel('Choir evening counts').uncheck();
  await page.getByRole('button', { name: 'Put into the calendar' }).click();
  await expect(page).toHaveURL(/\/calendar$/);
  await expect(page.getByRole('row', { name: /Market day/ }).first()).toContainText('Town');
  await expect(page.getByRole('row', { name: /Choir evening/ })).toHaveCount(0);
  await page.getByRole('table', { name: 'Calendar files in use' }).getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await expect(page.getByText('The file is forgotten.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Market day/ })).toHaveCount(0);
});

test('what a holiday did is read year beside year', async ({ administrator: page, accessible }) => {
  await page.goto('/impact');
  await expect(page.getByRole('heading', { level: 1, name: "Holidays' impact" })).toBeVisible();
  await accessible();
  await page.getByRole('link', { name: 'Christmas', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Christmas' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Past occurrences, the latest first' })).toContainText('%');
  await page.getByRole('link', { name: 'Locations', exact: true }).click();
  const units = page.getByRole('table', { name: 'Impact by unit, the largest first' });
  await expect(units.getByRole('row').nth(1)).toContainText('%');
  await units.getByRole('link').first().click();
  await expect(page.getByRole('link', { name: 'Show all sales again' })).toBeVisible();
  await accessible();
});
