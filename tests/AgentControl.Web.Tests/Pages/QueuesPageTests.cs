using AgentControl.Engine.Access;
using AgentControl.Engine.Queues;
using AgentControl.TestKit;
using AgentControl.Web.Queues;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class QueuesPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static IRenderedComponent<QueuesPage> Open(PageBundle bundle)
    {
        var page = bundle.Render<QueuesPage>();
        page.WaitForElement("[data-testid=hold]", Patience);
        return page;
    }

    [Fact]
    public async Task A_queue_that_nobody_serves_says_how_many_wait_and_what_to_do()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("job");
        await bundle.ExecuteAsync("UPDATE job_runs SET queue = 'reports'");
        var page = Open(bundle);
        var row = page.WaitForElement("[data-queue=reports]", Patience);
        Assert.Contains(
            "No worker serves it: 1 job waits, the oldest ",
            row.QuerySelector("[data-testid=warning]")!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Pausing_can_be_undone_and_workers_are_set_within_their_bounds()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.ExecuteAsync("INSERT INTO queues (name, workers, paused) VALUES ('reports', 2, false)");
        var page = Open(bundle);
        page.WaitForElement("[data-queue=reports]", Patience);

        page.Press("[data-queue=reports] > td:last-child button", Patience);
        page.WaitForElement("[data-queue=reports][data-state=paused]", Patience);
        var undo = Assert.Single(bundle.Services.GetRequiredService<Notices>().Open).Undo!;
        await page.InvokeAsync(undo);
        page.WaitForElement("[data-queue=reports][data-state=open]", Patience);

        await page.InvokeAsync(() => page.Find("#workers-reports").Input("1000"));
        await page.InvokeAsync(() => page.Find("[data-queue=reports] form").Submit());
        page.WaitForAssertion(
            () => Assert.Equal("true", page.Find("#workers-reports").GetAttribute("aria-invalid")),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#workers-reports").Input("7"));
        await page.InvokeAsync(() => page.Find("[data-queue=reports] form").Submit());
        page.WaitForAssertion(() => Assert.Equal("7", page.Find("#workers-reports").GetAttribute("value")), Patience);
        Assert.Equal(7, (await bundle.Services.GetRequiredService<QueueQueries>().FindAsync("reports"))!.Workers);
    }

    [Fact]
    public async Task What_is_held_is_said_on_every_page_and_released_with_one_click()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle
            .Services.GetRequiredService<QueueSettings>()
            .HoldAsync(true, bundle.Caller.Actor, CancellationToken.None);
        var bar = bundle.Render<HoldBar>();
        bar.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Everything is held by Ana",
                    bar.Find("[data-testid=hold-bar]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        var page = Open(bundle);
        page.WaitForAssertion(
            () => Assert.Equal("Release everything", page.Find("[data-testid=hold]").TextContent),
            Patience
        );
        page.Press("[data-testid=hold]", Patience);
        page.WaitForAssertion(
            () => Assert.Equal("Hold everything…", page.Find("[data-testid=hold]").TextContent),
            Patience
        );
        bundle.Feed.Publish(LiveTopic.Queues);
        bar.WaitForAssertion(() => Assert.Empty(bar.FindAll("[data-testid=hold-bar]")), Patience);
    }

    [Fact]
    public async Task Without_the_role_everything_is_shown_and_locked_with_the_reason()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        bundle.Role = Role.Viewer;
        await bundle.ExecuteAsync("INSERT INTO queues (name, workers, paused) VALUES ('reports', 2, false)");
        var page = Open(bundle);
        page.WaitForElement("[data-queue=reports]", Patience);
        Assert.All(
            page.FindAll("button, input"),
            control =>
            {
                Assert.True(control.HasAttribute("disabled"));
                Assert.StartsWith("Needs the Operator role", control.GetAttribute("title"), StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Workers_are_listed_with_what_they_serve_and_run()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.ExecuteAsync(
            "INSERT INTO workers (name, role, version, queues, agents, slots, started_at, last_heartbeat) VALUES ('w-1', 'worker', '0.1.0', ARRAY['reports'], '{}', 4, now(), now()), ('w-2', 'worker', '0.1.0', '{}', '{}', 4, now(), now() - interval '5 minutes')"
        );
        await bundle.RunAsync(await bundle.SubmitAsync("invoice-1"));
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo("/queues?tab=workers");
        var page = Open(bundle);
        var alive = page.WaitForElement("[data-worker=w-1]", Patience);
        Assert.Equal("invoice-1", alive.QuerySelector("a")!.TextContent);
        Assert.Equal("lost", page.Find("[data-worker=w-2]").GetAttribute("data-state"));
    }
}
