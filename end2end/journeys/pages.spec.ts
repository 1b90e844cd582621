// Every page, signed in: it has a heading, no error on the console, and passes the accessibility check.
import { expect, test } from '../fixtures/test.ts';

const PAGES = ['/', '/series', '/data', '/data/dead-letters', '/data/tables', '/jobs', '/accuracy', '/levels', '/overrides', '/users', '/settings', '/account', '/help'];

for (const path of PAGES) {
  test(`${path} is quiet and accessible`, async ({ administrator: page, accessible }) => {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await page.waitForLoadState('networkidle');
    await accessible();
  });
}
