// One series: the forecast answers while a slider moves, and proves itself.
import { expect, test } from '../fixtures/test.ts';

test('a scenario changes the forecast in the browser, and the number is proved', async ({ administrator: page, accessible }) => {
  await page.goto('/series');
  await page.getByRole('gridcell').getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'What if…' })).toBeVisible();
  await accessible();
  const row = page.getByRole('row', { name: /Sum of the forecast/ }).first();
  const before = await row.textContent();
  const growth = page.getByRole('slider', { name: /Growth/ });
  await growth.focus();
  await page.keyboard.press('ArrowRight');
  await expect(row).not.toHaveText(before ?? '');
  await expect(page).toHaveURL(/growth=/);
  await page.getByRole('button', { name: /Verify/ }).click();
  await expect(page.getByText(/match/i).first()).toBeVisible();
});
