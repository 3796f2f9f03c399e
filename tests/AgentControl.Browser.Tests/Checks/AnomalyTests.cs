using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Each kind of anomaly is provoked for real, and appears on a page that is open: with how much, since when and whom, and without a reload.</summary>
public sealed class AnomalyTests(AnomalyProgram program) : IClassFixture<AnomalyProgram>
{
    private const string Asks = """{ "steps": 2, "approvalAtStep": 2, "sameInput": true }""";
    private readonly IPage page = program.Page;

    [Theory]
    [InlineData(
        "rateLimited",
        """{ "steps": 1, "service": "limited", "failAtStep": 1, "failTimes": 1, "failStatus": 429 }""",
        "limited"
    )]
    [InlineData("retrySpike", """{ "steps": 1, "service": "busy", "failAtStep": 1, "failTimes": 3 }""", "3 retries")]
    [InlineData(
        "timeout",
        """{ "steps": 1, "service": "late", "slowAtStep": 1, "slowMilliseconds": 5000 }""",
        "step#1"
    )]
    [InlineData(
        "circuitOpened",
        """{ "steps": 1, "service": "fragile", "failAtStep": 1, "failTimes": 2 }""",
        "failed calls"
    )]
    [InlineData(
        "circuitClosed",
        """{ "steps": 1, "service": "mending", "failAtStep": 1, "failTimes": 2 }""",
        "answers again"
    )]
    [InlineData("fallbackUsed", """{ "steps": 1, "modelRoute": "both" }""", "openai:sim-1 takes over")]
    [InlineData("stalled", """{ "steps": 1, "stepMilliseconds": 3500 }""", "No progress")]
    [InlineData("loop", """{ "steps": 3, "sameInput": true }""", "3 times, usually 1")]
    [InlineData("slowStep", """{ "steps": 12, "slowAtStep": 12, "slowMilliseconds": 15000 }""", "usually")]
    [InlineData("budget", """{ "steps": 5, "modelRoute": "fine" }""", "of 5", """{ "modelCalls": 5 }""")]
    [InlineData("approvalOverdue", Asks, "Nobody has decided yet")]
    public async Task It_appears_on_the_jobs_page(string kind, string input, string says, string? budget = null)
    {
        var job = await OpenAsync(kind, input, budget);
        await program.RunAsync(job);
        await AppearsAsync(kind, says);
        await program.CancelAsync(job);
    }

    [Fact]
    public async Task A_lost_worker_appears_on_the_jobs_page()
    {
        var job = await OpenAsync("recovered", """{ "steps": 1, "stepMilliseconds": 20000 }""");
        await program.RunAsync(job);
        await Assertions
            .Expect(page.Locator("main .ac-head [data-state]"))
            .ToHaveAttributeAsync("data-state", "running");
        var line = page.Locator("[data-testid=job-anomalies] [data-kind=recovered]").First;
        // A heartbeat may come between the loss and the sweeper's look at it.
        for (var losses = 0; losses < 6 && !await line.IsVisibleAsync(); losses++)
        {
            await program.LoseWorkerAsync(job);
            await page.WatchAsync(2_500);
        }
        await AppearsAsync("recovered", "was lost");
        await program.CancelAsync(job);
    }

    [Fact]
    public async Task Code_that_no_longer_fits_appears_on_the_jobs_page()
    {
        var job = await OpenAsync("nonDeterminism", Asks);
        await program.RunAsync(job);
        await Assertions
            .Expect(page.Locator("main .ac-head [data-state]"))
            .ToHaveAttributeAsync("data-state", "needs_approval");
        await program.ChangeJournalAsync(job);
        await program.ApproveAsync(job);
        await AppearsAsync("nonDeterminism", "another input");
    }

    [Fact]
    public async Task It_appears_in_the_overview_and_leads_to_its_job()
    {
        var job = await program.PrepareAsync("Going round", """{ "steps": 3, "sameInput": true }""", null);
        await page.OpenAsync("/");
        var line = page.Locator("[data-testid=odd-now] [data-kind=loop]").Filter(new() { HasText = "Going round" });
        await Assertions.Expect(line).ToHaveCountAsync(0);
        await program.RunAsync(job);
        await Assertions.Expect(line).ToContainTextAsync("3 times, usually 1");
        await line.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.GetByTestId("job-anomalies")).ToContainTextAsync("same input");
    }

    private async Task<string> OpenAsync(string kind, string input, string? budget = null)
    {
        var job = await program.PrepareAsync($"odd-{kind}", input, budget);
        await page.OpenAsync($"/jobs/{job}/io");
        await Assertions.Expect(page.GetByTestId("job-anomalies")).ToHaveCountAsync(0);
        await page.EvaluateAsync("() => { globalThis.acSamePage = true; }");
        return job;
    }

    private async Task AppearsAsync(string kind, string says)
    {
        var line = page.Locator($"[data-testid=job-anomalies] [data-kind={kind}]").First;
        await Assertions.Expect(line).ToContainTextAsync(says);
        await Assertions.Expect(line.Locator("time[datetime]")).ToHaveCountAsync(1);
        Assert.True(
            await page.EvaluateAsync<bool>("() => globalThis.acSamePage === true"),
            "The page was loaded anew."
        );
    }
}
