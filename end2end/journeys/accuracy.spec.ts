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

test('when to train again is set, and what is decided is read', async ({ administrator: page, accessible }) => {
  await page.goto('/accuracy');
  await page.getByText('Change when models are trained again').click();
  await page.getByLabel('Schedule').selectOption('week');
  await page.getByLabel('Day, where weekly').selectOption('sunday');
  await page.getByLabel('Hour').selectOption('4');
  await page.getByLabel('Drift of sales (PSI)').fill('0.3');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(page.getByText(/The next scheduled training: .* 04:00 UTC/)).toBeVisible();
  const decisions = page.getByRole('table', { name: 'Decisions, newest first' });
  await expect(decisions.getByRole('row', { name: /made live/ }).first()).toContainText('first of its kind');
  await page.getByRole('link', { name: 'Leave out those to do nothing' }).click();
  await expect(decisions.getByText('nothing to do')).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'What was live when' })).toContainText('now');
  await accessible();
});

test('a series says why its forecast is what it is, also under a scenario', async ({ administrator: page, accessible }) => {
  await page.goto('/series');
  await page.getByRole('gridcell').getByRole('link').first().click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  await expect(why.getByText(/^Next week: .*Level /)).toBeVisible();
  await expect(why.getByRole('row', { name: /^Forecast/ }).first()).toBeVisible();
  await expect(why.getByRole('row', { name: /Growth assumed/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Copy link to this scenario' })).toBeVisible();
  await page.getByRole('slider', { name: /Growth/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(why.getByRole('row', { name: /Growth assumed/ })).toHaveCount(2);
  await accessible();
});
