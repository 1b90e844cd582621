// A planner knows better: an override is tried, made, seen beside the model's number, and withdrawn.
import { expect, test } from '../fixtures/test.ts';

test('a forecast is overridden and the override withdrawn', async ({ administrator: page, accessible }) => {
  await page.goto('/levels?level=item');
  await expect(page.getByRole('heading', { level: 1, name: 'Forecasts by level' })).toBeVisible();
  const table = page.getByRole('table', { name: /Items, by sales/ });
  await expect(table.getByRole('row', { name: /The whole shop/ })).toBeVisible();
  await accessible();
  await table.getByRole('link', { name: /^Override/ }).first().click();

  await expect(page).toHaveURL(/\/overrides\?/);
  await page.getByLabel('By how much').fill('25');
  await page.getByRole('button', { name: 'Show the effect' }).click();
  const effect = page.getByRole('table', { name: 'What the override would change' });
  await expect(effect.getByRole('row').nth(1)).toContainText('+25.0');
  await accessible();
  await page.getByLabel('Reason').fill('a fair in town');
  await page.getByRole('button', { name: 'Override', exact: true }).click();
  await expect(page.locator('.message.good')).toContainText('in force');
  const list = page.getByRole('table', { name: 'Overrides, newest first' });
  const made = list.getByRole('row', { name: /a fair in town/ });
  await expect(made).toContainText('active');
  await accessible();

  await page.goto('/');
  await expect(page.getByText('the model alone expects')).toHaveCount(1);

  await page.goto('/overrides?state=active');
  await made.getByRole('button', { name: 'Withdraw' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.locator('.message.good')).toContainText('withdrawn');
  await page.goto('/overrides?state=withdrawn');
  await expect(made).toContainText('withdrawn');
});

test('a refused override comes back with what was typed', async ({ administrator: page }) => {
  await page.goto('/overrides');
  await page.getByRole('textbox', { name: 'Item' }).fill('no such thing');
  await page.getByLabel('By how much').fill('12');
  await page.getByLabel('Reason').fill('to be refused');
  await page.getByRole('button', { name: 'Override', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('no such thing');
  await expect(page.getByRole('textbox', { name: 'Item' })).toHaveValue('no such thing');
  await expect(page.getByLabel('Reason')).toHaveValue('to be refused');
});
