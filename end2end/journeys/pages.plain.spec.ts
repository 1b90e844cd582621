// Without JavaScript: pages are readable, forms work, and reports send no script at all.
import { expect, signIn, test } from '../fixtures/test.ts';

test('signing in and reading the pages', async ({ page }) => {
  await signIn(page);
  for (const path of ['/', '/series', '/data', '/jobs', '/users', '/settings']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(200);
    await expect(page.locator('main h1'), path).toBeVisible();
  }
});

test('charts are pictures from the server', async ({ page }) => {
  await signIn(page);
  await page.goto('/');
  await expect(page.locator('main svg').first()).toBeVisible();
});

test('the weekly report has no script', async ({ page }) => {
  await signIn(page);
  const answer = await page.goto('/reports/weekly');
  expect(answer?.status()).toBe(200);
  await expect(page.locator('h1')).toBeVisible();
  expect(await answer?.text()).not.toContain('<script');
});
