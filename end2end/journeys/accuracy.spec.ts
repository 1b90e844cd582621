// How far to trust the forecast: a backtest is run from the page, and its errors are read there.
import { expect, test } from '../fixtures/test.ts';

test('a backtest is run and read', async ({ administrator: page, accessible }) => {
  await page.goto('/accuracy');
  await expect(page.getByRole('heading', { level: 1, name: 'Forecast accuracy' })).toBeVisible();
  await expect(page.getByRole('row', { name: /live/ }).first()).toContainText('first of its kind');
  await page.getByLabel('Horizon').fill('8');
  await page.getByRole('button', { name: 'Run a backtest' }).click();
  await expect(page).toHaveURL(/\/jobs\/.+/);
  await expect(page.getByText('succeeded').first()).toBeVisible({ timeout: 60_000 });
  await page.goto('/accuracy');
  const models = page.getByRole('table', { name: 'By model, single series' });
  await expect(models.getByRole('row', { name: /chosen/ })).toContainText('%');
  await expect(models.getByRole('row', { name: /seasonal naive/ }).first()).toContainText('%');
  await expect(page.getByRole('table', { name: /by level and slice/ }).getByRole('row', { name: /periods ahead/ })).toHaveCount(3);
  await accessible();
});
