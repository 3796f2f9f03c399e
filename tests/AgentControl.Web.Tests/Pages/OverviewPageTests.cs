using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Overview;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>The numbers at the foot of the overview: their span stands in the address, and they lead to the same span of the metrics.</summary>
public sealed class OverviewPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Without_a_word_in_the_address_the_last_day_is_shown()
    {
        await using var bundle = await SeededAsync();
        var page = Open(bundle, "/");

        Shows(page, "24h", "100.0 %", "completed, last 24 h", "1 done, 0 failed", "1 min", "0.04jobs/h", "1 ended");
        Assert.Equal("24h", Chosen(page));
        Assert.Equal(["/trends#completion", "/trends#duration", "/trends", "/jobs?q=label:queued"], Links(page));
    }

    [Fact]
    public async Task The_span_of_the_address_governs_the_numbers_and_what_they_lead_to()
    {
        await using var bundle = await SeededAsync();
        var page = Open(bundle, "/?range=7d");

        Shows(page, "7d", "66.7 %", "completed, last 7 d", "2 done, 1 failed", "1 min", "3 ended");
        Assert.Equal("7d", Chosen(page));
        Assert.Equal(
            ["/trends?range=7d#completion", "/trends?range=7d#duration", "/trends?range=7d", "/jobs?q=label:queued"],
            Links(page)
        );
    }

    [Fact]
    public async Task Another_choice_is_another_address_and_the_numbers_follow()
    {
        await using var bundle = await SeededAsync();
        var page = Open(bundle, "/");
        Shows(page, "24h", "100.0 %");

        await page.Find("[data-testid=ov-range]").ChangeAsync(new() { Value = "30d" });

        Assert.EndsWith("/?range=30d", Navigation(bundle).Uri, StringComparison.Ordinal);
        Shows(page, "30d", "50.0 %", "completed, last 30 d", "2 done, 2 failed");
        await page.Find("[data-testid=ov-range]").ChangeAsync(new() { Value = "24h" });
        Assert.EndsWith("/", Navigation(bundle).Uri, StringComparison.Ordinal);
        Shows(page, "24h", "100.0 %");
    }

    [Fact]
    public async Task A_word_that_means_no_span_means_the_day()
    {
        await using var bundle = await SeededAsync();
        Shows(Open(bundle, "/?range=yesterday"), "24h", "100.0 %");
    }

    [Fact]
    public async Task Completion_and_duration_have_a_picture_with_a_gap_where_nothing_ended_and_the_others_none()
    {
        await using var bundle = await SeededAsync();
        var page = Open(bundle, "/?range=7d");
        Shows(page, "7d", "66.7 %");

        var tiles = page.FindAll("[data-testid=tiles] > a");
        Assert.Equal([1, 1, 0, 0], tiles.Select(tile => tile.QuerySelectorAll("svg").Length));
        Assert.All(
            page.FindAll("[data-testid=tiles] svg"),
            svg => Assert.Equal("true", svg.GetAttribute("aria-hidden"))
        );
        // Seven days in quarters; all that ended lies in two of them.
        var heights = tiles[0].QuerySelectorAll("rect").Select(bar => bar.GetAttribute("height")!).ToList();
        Assert.InRange(heights.Count, 28, 29);
        Assert.Equal(["1", "18"], heights.Where(h => h != "0"));
        Assert.Equal(
            ["18", "18"],
            tiles[1].QuerySelectorAll("rect").Select(b => b.GetAttribute("height")!).Where(h => h != "0")
        );
    }

    [Fact]
    public async Task Before_the_numbers_are_there_their_places_stand_and_nothing_else_waits()
    {
        await using var bundle = await SeededAsync();
        await bundle.SubmitAsync("one");
        await using var held = await bundle.HoldAsync("ended_tasks");

        var page = Open(bundle, "/");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=needs-you]")), Patience);
        page.WaitForAssertion(
            () => Assert.Equal(4, page.FindAll("[data-testid=skeleton].ov-tiles > .ac-tile").Count),
            Patience
        );
    }

    [Fact]
    public async Task Numbers_that_cannot_be_read_are_told_and_the_rest_of_the_page_stays()
    {
        await using var bundle = await SeededAsync();
        await bundle.BreakAsync("ended_tasks");

        var page = Open(bundle, "/");
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "The numbers could not be loaded.",
                    Assert.Single(page.FindAll("[data-testid=error-panel]")).TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.NotEmpty(page.FindAll("[data-testid=needs-you]"));
        await bundle.MendAsync("ended_tasks");
        page.Press("[data-testid=error-panel] button", Patience);

        Shows(page, "24h", "100.0 %");
    }

    [Fact]
    public async Task Who_may_see_one_workspace_sees_its_numbers_alone()
    {
        await using var bundle = await SeededAsync();
        bundle.Role = Role.Viewer;
        bundle.OnlyIn = "elsewhere";

        var tiles = bundle.Render<NumberTiles>(p => p.Add(c => c.Range, "30d"));

        Shows(tiles, "30d", Formats.Unknown, "0 done, 0 failed", "0 ended");
    }

    [Fact]
    public async Task A_job_that_ends_right_after_the_numbers_were_read_is_counted_without_another_change()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SeedAsync(bundle, "2 hours", "succeeded");
        var tiles = bundle.Render<NumberTiles>(p => p.Add(c => c.Range, "24h"));
        Shows(tiles, "24h", "1 done, 0 failed");

        await SeedAsync(bundle, "1 hour", "failed");
        bundle.Feed.Publish(LiveTopic.Jobs);

        Shows(tiles, "24h", "1 done, 1 failed");
    }

    private async Task<PageBundle> SeededAsync()
    {
        var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        await SeedAsync(bundle, "1 hour", "succeeded");
        await SeedAsync(bundle, "3 days", "failed");
        await SeedAsync(bundle, "3 days", "succeeded");
        await SeedAsync(bundle, "20 days", "failed");
        return bundle;
    }

    private static Task SeedAsync(PageBundle bundle, string ago, string state) =>
        bundle.ExecuteAsync(
            $$"""
            WITH n AS (SELECT gen_random_uuid() AS id, ac_now() - interval '{{ago}}' AS at),
            j AS (INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
              SELECT id, 'j_' || left(id::text, 18), 'seeded', 'test', '1', 'default', '{}', 'default', 'Ben', at - interval '1 minute', 60, 3, '{}' FROM n)
            INSERT INTO job_runs (job_id, state, outcome, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested, cancel_requested,
              recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, finished_at)
            SELECT id, '{{state}}', CASE '{{state}}' WHEN 'failed' THEN 'error' END, 1, 'default', 0, false, false, at, 0, 0, 0, 0, 1, 0, false, false, false, false, 12000, 0, 0, 0, 0, 0, 0, 0, at, at FROM n
            """
        );

    private static BunitNavigationManager Navigation(PageBundle bundle) =>
        bundle.Services.GetRequiredService<BunitNavigationManager>();

    private static IRenderedComponent<OverviewPage> Open(PageBundle bundle, string address)
    {
        Navigation(bundle).NavigateTo(address);
        return bundle.Render<OverviewPage>();
    }

    private static void Shows(IRenderedComponent<IComponent> page, string range, params string[] words) =>
        page.WaitForAssertion(
            () =>
            {
                var tiles = page.Find("[data-testid=tiles]");
                Assert.Equal(range, tiles.GetAttribute("data-range"));
                foreach (var word in words)
                    Assert.Contains(word, tiles.TextContent, StringComparison.Ordinal);
            },
            Patience
        );

    private static string? Chosen(IRenderedComponent<IComponent> page) =>
        Assert.Single(page.FindAll("[data-testid=ov-range] option[selected]")).GetAttribute("value");

    private static IEnumerable<string?> Links(IRenderedComponent<IComponent> page) =>
        page.FindAll("[data-testid=tiles] > a").Select(tile => tile.GetAttribute("href"));
}
