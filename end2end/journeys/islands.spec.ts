// What reacts in the browser: filters that follow Back, questions before what cannot be undone, views as entries of the
// history, the search dialog.
import { expect, test } from '../fixtures/test.ts';

test('a filter sends itself, and follows Back', async ({ administrator: page }) => {
  await page.goto('/jobs');
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Kind').selectOption('train');
  await expect(page).toHaveURL(/kind=train/);
  await page.goBack();
  await expect(page).toHaveURL(/\/jobs$/);
  await expect(page.getByLabel('Kind')).toHaveValue('');
});

test('what cannot be undone is asked first', async ({ administrator: page, accessible }, { project }) => {
  const name = `for the journey ${project.name} ${Date.now()}`;
  await page.goto('/account');
  await page.locator('#key-name').fill(name);
  await page.getByRole('button', { name: 'Make the key' }).click();
  await expect(page.locator('.message.good').filter({ hasText: name })).toContainText('aisle_');
  await page.waitForLoadState('networkidle');
  const row = page.getByRole('row', { name });
  await row.getByRole('button', { name: 'Revoke' }).click();
  const dialog = page.getByRole('dialog', { name: `Revoke the key ${name}?` });
  await expect(dialog).toBeVisible();
  await accessible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await row.getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('The key is revoked.')).toBeVisible();
  await expect(row.getByText('revoked')).toBeVisible();
});

test('each view of the grid is an entry of the history', async ({ administrator: page }) => {
  await page.goto('/series');
  await expect(page.getByRole('grid')).toBeVisible();
  const summary = page.locator('.grid-summary');
  await page.getByRole('columnheader', { name: 'Item' }).getByRole('link').click();
  await expect(page).toHaveURL(/sort=item/);
  await expect(summary).toContainText('sorted by item, ascending');
  await page.goBack();
  await expect(page).toHaveURL(/\/series$/);
  await expect(summary).toContainText('sorted by recent');
  await page.getByLabel('Find').fill('no such thing anywhere');
  await expect(page.getByText('Nothing matches these filters')).toBeVisible();
});

test('Ctrl-K finds a page and leads there', async ({ administrator: page, accessible }) => {
  await page.goto('/help');
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await expect(dialog).toBeVisible();
  await accessible();
  await page.keyboard.type('audit');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/audit$/);
});

test('the theme changes at once and stays', async ({ administrator: page }) => {
  await page.goto('/help');
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: /Theme: as the device/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto('/jobs');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a job is followed to its end', async ({ administrator: page }) => {
  await page.goto('/jobs');
  await page.getByRole('button', { name: 'Compact the tables' }).click();
  await expect(page).toHaveURL(/\/jobs\/.+/);
  await expect(page.locator('main .badge').filter({ hasText: 'succeeded' })).toBeVisible({ timeout: 30_000 });
});

test('another kind of rows offers other meanings, and a draft is discarded after a question', async ({ administrator: page, accessible }) => {
  await page.goto('/data');
  await page.waitForLoadState('networkidle');
  const list = { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('sku,size\nA1,3\nA2,4\n') };
  await page.locator('#upload-files').setInputFiles(list);
  await page.getByRole('button', { name: 'Upload and look' }).click();
  await expect(page).toHaveURL(/\/data\/imports\//);
  await page.waitForLoadState('networkidle');
  await accessible();
  await page.locator('#file-0-entity').selectOption('locations');
  await expect(page).toHaveURL(/answers.+#file-0-entity$/);
  const meanings = page.locator('#file-0-meanings-0');
  await expect(meanings.locator('option[value=location]')).toHaveCount(1);
  await expect(meanings.locator('option[value=quantity]')).toHaveCount(0);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'Discard these files' }).click();
  const dialog = page.getByRole('dialog', { name: 'Discard these files?' });
  await dialog.getByRole('button', { name: 'Discard these files' }).click();
  await expect(page).toHaveURL(/\/data$/);
  await expect(page.getByText('The files were discarded.')).toBeVisible();
});
