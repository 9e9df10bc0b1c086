import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaunchedApp, launchApp } from './launch.js';

describe('the window', () => {
  let launched: LaunchedApp;
  beforeAll(async () => {
    launched = await launchApp();
  });
  afterAll(async () => {
    await launched?.close();
  });

  it('shows, with its title', async () => {
    await launched.page.waitForLoadState('load');
    await expect
      .poll(() => launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.isVisible())))
      .toEqual([true]);
    expect(await launched.page.title()).toBe('Claude Manager');
  });

  it('says nothing in the console and breaks no rule of its policy', async () => {
    await launched.page.waitForLoadState('networkidle');
    expect({ console: launched.consoleMessages, csp: launched.cspViolations }).toEqual({ console: [], csp: [] });
  });

  it('notices breaches and errors, so that silence means something', async () => {
    await launched.page.evaluate(() => {
      const image = document.createElement('img');
      image.src = 'https://example.invalid/pixel.png';
      document.body.append(image);
      setTimeout(() => {
        throw new Error('thrown by the test');
      });
    });
    await expect.poll(() => [launched.cspViolations.length, launched.consoleMessages.length]).toEqual([1, 1]);
    expect(launched.cspViolations[0]).toContain('https://example.invalid/pixel.png');
    expect(launched.consoleMessages[0]).toContain('thrown by the test');
  });
});
