// The door: who may come in, what a wrong password says, and that everybody can use it.
import { expect, signIn, test } from '../fixtures/test.ts';

test('the sign-in page is accessible', async ({ page, accessible }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await accessible();
});

test('a page asks for sign-in first and is shown after it', async ({ page }) => {
  await page.goto('/jobs');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page);
  await page.goto('/jobs');
  await expect(page).toHaveURL(/\/jobs$/);
});

test('a wrong password is refused without saying which part was wrong', async ({ page }) => {
  await page.goto('/sign-in');
  await page.locator('input[name=login]').fill('nobody');
  await page.locator('input[name=password]').fill('not the password');
  await page.locator('form[action="/sign-in"] button').click();
  await expect(page).toHaveURL(/\/sign-in\?error=wrong/);
  await expect(page.getByRole('alert')).toBeVisible();
});
