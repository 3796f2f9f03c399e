using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Pages;

/// <summary>Stretches of time, measured in the page.</summary>
internal static class Spans
{
    /// <summary>Lets the page be for a stretch that something is measured over.</summary>
    public static Task WatchAsync(this IPage page, int milliseconds) =>
        page.EvaluateAsync("ms => new Promise(done => setTimeout(done, ms))", milliseconds);

    /// <summary>Until the server has sent nothing more to draw for two seconds.</summary>
    public static async Task SettleAsync(this IPage page, RenderBatches batches)
    {
        for (var before = -1; before != batches.Batches; )
        {
            before = batches.Batches;
            await page.WatchAsync(2_000);
        }
    }
}
