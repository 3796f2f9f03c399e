using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Metrics;
using AgentControl.TestKit;
using AgentControl.Web.Metrics;
using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>The page of metrics: its states, its link, its spike and the jobs behind it.</summary>
public sealed class TrendsPageTests(PostgresFixture postgres)
{
    private static CancellationToken Now => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_anything_ended_it_says_so()
    {
        await using var bundle = await PageBundle.CreateAsync(postgres);
        var page = bundle.Render<TrendsPage>();
        Assert.Contains("Nothing ended", page.WaitForElement(".ac-empty").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_told_and_what_was_read_stays()
    {
        await using var bundle = await PageBundle.CreateAsync(postgres);
        await SeedAsync(bundle);
        var page = Open(bundle, "");
        page.WaitForElement("[data-testid=trends]");
        await bundle.ExecuteAsync("ALTER TABLE ended_tasks RENAME TO elsewhere");
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo("/trends?range=7d");
        Assert.Contains(
            "The metrics could not be loaded.",
            page.WaitForElement("[data-testid=error-panel]").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal(4, page.FindAll("[data-testid=trend]").Count);
        await bundle.ExecuteAsync("ALTER TABLE elsewhere RENAME TO ended_tasks");
        await page.Find("[data-testid=error-panel] button").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=error-panel]")));
    }

    [Fact]
    public async Task Four_panels_say_number_change_and_definition_and_a_gap_is_no_zero()
    {
        await using var bundle = await PageBundle.CreateAsync(postgres);
        await SeedAsync(bundle);
        var page = Open(bundle, "?range=24h");
        page.WaitForElement("[data-testid=trends]");
        Assert.Equal(
            [
                "Task completion rate",
                "Median task duration",
                "Retries per 100 calls, by service",
                "Checkpoint recoveries",
            ],
            page.FindAll("[data-testid=trend] h2").Select(h => h.TextContent)
        );
        Assert.All(page.FindAll(".trend__definition"), text => Assert.NotEmpty(text.TextContent));
        Assert.Contains(
            "1 cancelled",
            page.Find("[data-metric=completion] .trend__definition").TextContent,
            StringComparison.Ordinal
        );
        // The last hours: 24 jobs an hour but for one hour without any.
        var line = page.Find("[data-metric=completion] .trend__line--0");
        Assert.Contains(",,", line.GetAttribute("data-values"), StringComparison.Ordinal);
        Assert.True(line.GetAttribute("d")!.Count(c => c == 'M') > 1);
        Assert.Contains(
            "pp",
            page.Find("[data-metric=completion] [data-testid=trend-change]").TextContent,
            StringComparison.Ordinal
        );

        // The address is the view.
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo("/trends?range=24h&compare=off&d=p95");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=trend-change]")));
        Assert.Equal("p95", page.Find("[aria-label='Which duration'] [aria-current=true]").TextContent);
    }

    [Fact]
    public async Task A_spike_is_a_button_with_metric_value_usual_value_and_time_and_opens_its_jobs()
    {
        await using var bundle = await PageBundle.CreateAsync(postgres);
        await SeedAsync(bundle);
        var page = Open(bundle, "?range=7d");
        var spike = page.WaitForElement("[data-metric=completion] [data-testid=spike]");
        Assert.Single(page.FindAll("[data-testid=spike]"));
        Assert.Matches(
            @"^Task completion rate: \d+\.\d %, usually 100\.0 %, at \d+ \w+ \d\d:00 UTC$",
            spike.GetAttribute("aria-label")
        );
        await spike.ClickAsync(new());
        page.WaitForElement("[data-testid=trend-drawer]");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=trend-run]")));
        var run = page.Find("[data-testid=trend-run]");
        Assert.Equal("failed", run.QuerySelector("[data-state]")!.GetAttribute("data-state"));
        Assert.StartsWith("/jobs/j_", run.QuerySelector("a")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("It broke.", run.TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "ended%3A",
            page.Find("[data-testid=open-in-jobs]").GetAttribute("href"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "m=completion&at=",
            bundle.Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
        await page.Find("[aria-label='Close the runs']").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=trend-drawer]")));
    }

    [Fact]
    public async Task The_tables_hold_the_values_of_the_series()
    {
        await using var bundle = await PageBundle.CreateAsync(postgres);
        await SeedAsync(bundle);
        var page = Open(bundle, "?range=7d&tables=on");
        page.WaitForElement("[data-testid=trend-table]");
        foreach (
            var more in page.FindAll("button")
                .Where(b => b.TextContent.StartsWith("Show ", StringComparison.Ordinal))
                .ToList()
        )
            await more.ClickAsync(new());
        var metrics = bundle.Services.GetRequiredService<MetricQueries>();
        var window = MetricWindow.Last("7d", await metrics.NowAsync(Now))!;
        var series = await metrics.SeriesAsync(new(window), cancellationToken: Now);
        Assert.Equal(4, page.FindAll("[data-testid=trend-table]").Count);
        foreach (var metric in MetricWords.All)
        {
            var line = series.Lines.First(l => l.Metric == metric);
            Assert.Equal(
                line.Points.Reverse().Select(p => p.Value),
                page.FindAll($"[data-metric={metric}] tbody tr")
                    .Select(row => row.QuerySelector("td")!.GetAttribute("data-value")!)
                    .Select(v => v.Length == 0 ? (double?)null : double.Parse(v, CultureInfo.InvariantCulture))
            );
        }
    }

    [Fact]
    public async Task Who_may_see_one_workspace_sees_its_tasks_alone()
    {
        await using var bundle = await PageBundle.CreateAsync(postgres);
        await SeedAsync(bundle);
        bundle.Role = Role.Viewer;
        bundle.OnlyIn = "elsewhere";
        var page = Open(bundle, "?range=7d");
        page.WaitForElement("[data-testid=trends]");
        Assert.Equal(Formats.Unknown, page.Find("[data-metric=completion] [data-testid=trend-number]").TextContent);
    }

    private static IRenderedComponent<TrendsPage> Open(PageBundle bundle, string query)
    {
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo("/trends" + query);
        return bundle.Render<TrendsPage>();
    }

    /// <summary>Twenty days of 24 tasks an hour that complete, two hours of yesterday in which they fail, and one without any.</summary>
    private static Task SeedAsync(PageBundle bundle) =>
        bundle.ExecuteAsync(
            """
            WITH n AS (SELECT gen_random_uuid() AS id, h + m * interval '2 minutes' AS at, h = now_hour - interval '30 hours' OR h = now_hour - interval '31 hours' AS bad, m = 7 AND h = now_hour - interval '4 hours' AS off
                         FROM (SELECT date_trunc('hour', ac_now()) AS now_hour) t, generate_series(now_hour - interval '20 days', now_hour - interval '2 hours', interval '1 hour') h, generate_series(0, 23) m
                        WHERE h <> now_hour - interval '5 hours'),
            j AS (INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
              SELECT id, 'j_' || left(id::text, 18), 'seeded', 'test', '1', 'default', '{}', 'default', 'Ana', at - interval '1 minute', 60, 3, '{}' FROM n),
            o AS (INSERT INTO job_results (job_id, error) SELECT id, '{"type":"error","message":"It broke."}' FROM n WHERE bad),
            u AS (INSERT INTO service_use (at, service, agent, calls, retries) SELECT date_bin('5 minutes', at, 'epoch'), 'erp', 'test', count(*) * 10, count(*) FROM n GROUP BY 1)
            INSERT INTO job_runs (job_id, state, outcome, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested, cancel_requested,
              recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, finished_at)
            SELECT id, CASE WHEN bad THEN 'failed' WHEN off THEN 'cancelled' ELSE 'succeeded' END, CASE WHEN bad THEN 'error' WHEN off THEN 'cancelled' END, 1, 'default', 0, false, false, at, 0, 0, 0, 0, 1, 0, false, false, false, false, 12000, 0, 0, 0, 0, 0, 0, 0, at, at FROM n
            """
        );
}
