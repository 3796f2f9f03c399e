using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Pages;

/// <summary>What tests wait for on pages.</summary>
internal static class PageWaits
{
    /// <summary>The circuit is up and has drawn the page.</summary>
    public static Task InteractiveAsync(this IPage page) =>
        page.WaitForFunctionAsync(
            "() => document.documentElement.dataset.interactive === 'true' && document.documentElement.dataset.connection === 'live'"
        );

    /// <summary>Opens an interactive page and waits until it can be used and its data is there.</summary>
    public static async Task OpenAsync(this IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.InteractiveAsync();
        await page.WaitForFunctionAsync(
            "() => document.querySelector('main h1') && !document.querySelector('main .ac-skeleton')"
        );
    }
}
