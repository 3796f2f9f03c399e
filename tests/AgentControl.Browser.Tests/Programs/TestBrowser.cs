using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Programs;

/// <summary>The Chromium of this machine, without a window. <c>CHROMIUM_PATH</c> names another one.</summary>
internal sealed class TestBrowser : IAsyncDisposable
{
    private const float Patience = 60_000;
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private TestBrowser(IPlaywright playwright, IBrowser browser) =>
        (this.playwright, this.browser) = (playwright, browser);

    public static async Task<TestBrowser> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") is [_, ..] path ? path : Found(),
                ChromiumSandbox = false,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-dev-shm-usage",
                ],
            }
        );
        return new TestBrowser(playwright, browser);
    }

    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        options.ViewportSize ??= new() { Width = 1440, Height = 900 };
        options.Locale ??= "en-GB";
        options.TimezoneId ??= "Europe/Berlin";
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static string Found() =>
        // The first has no window to leave out: it costs a quarter less.
        new[]
        {
            "/usr/bin/chromium-headless-shell",
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
        }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is missing. Install it, or name it in CHROMIUM_PATH.");
}
