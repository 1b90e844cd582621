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

test('forms post, say what they did, and say what they could not', async ({ page }) => {
  await signIn(page);
  await page.goto('/account');
  await page.locator('#key-name').fill('a plain key');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await expect(page.locator('.message.good')).toContainText('aisle_');
  await page.locator('input[name=old]').fill('not the password');
  await page.locator('input[name=new]').fill('a new one that is long enough');
  await page.locator('input[name=again]').fill('and another one');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('alert')).toContainText('differ');
});
