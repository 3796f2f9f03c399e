using System.Text.Json;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Schedules;
using AgentControl.TestKit;
using AgentControl.Web.Schedules;
using AgentControl.Web.Shared;
using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace AgentControl.Web.Tests.Pages;

public sealed class SchedulePagesTests(PostgresFixture fixture)
{
    private const string Name = "nightly-close";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task List_LoadsSaysThatItIsEmptyFailsAndComesBack()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<SchedulesPage>();
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No job starts by itself yet.",
                    page.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("/schedules/new", page.Find("[data-testid=empty] a").GetAttribute("href"));

        await bundle.BreakAsync("schedules");
        bundle.Feed.Publish(LiveTopic.Schedules);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "The schedules could not be loaded.",
                    page.Find("[data-testid=error-panel]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );

        await bundle.MendAsync("schedules");
        await SaveAsync(bundle);
        page.Find("[data-testid=error-panel] button").Click();
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Every weekday at 02:00",
                    page.Find($"[data-schedule={Name}]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Empty(page.FindAll("[data-testid=error-panel]"));
    }

    [Fact]
    public async Task List_FollowsRunsAndChangesOfOthers()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle);
        var page = bundle.Render<SchedulesPage>();
        page.WaitForAssertion(
            () =>
                Assert.Contains("None yet", page.Find($"[data-schedule={Name}]").TextContent, StringComparison.Ordinal),
            Patience
        );

        var job = await RunAsync(bundle);
        bundle.Feed.Publish(LiveTopic.Schedules);
        page.WaitForAssertion(() => Assert.Equal("Last 1 run: 1 Queued", Marks(page)), Patience);
        await bundle.RunAsync(job);
        bundle.Feed.Publish(LiveTopic.Jobs);
        page.WaitForAssertion(() => Assert.Equal("Last 1 run: 1 Running", Marks(page)), Patience);

        await bundle
            .Services.GetRequiredService<ScheduleCommands>()
            .PauseAsync(Name, null, bundle.Caller, CancellationToken.None);
        bundle.Feed.Publish(LiveTopic.Schedules);
        page.WaitForAssertion(
            () => Assert.Equal("false", page.Find("[role=switch]").GetAttribute("aria-checked")),
            Patience
        );
    }

    [Fact]
    public async Task Switch_TurnsItOffAndUndoTurnsItOn()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle);
        var page = bundle.Render<SchedulesPage>();
        page.WaitForElement("[role=switch]", Patience).Click();

        page.WaitForAssertion(
            () => Assert.Equal("false", page.Find("[role=switch]").GetAttribute("aria-checked")),
            Patience
        );
        Assert.Contains("Off", page.Find($"[data-schedule={Name}]").TextContent, StringComparison.Ordinal);
        var notices = bundle.Services.GetRequiredService<Notices>();
        page.WaitForState(() => notices.Open.Count == 1, Patience);
        var notice = Assert.Single(notices.Open);
        await page.InvokeAsync(() => notice.Undo!());
        page.WaitForAssertion(
            () => Assert.Equal("true", page.Find("[role=switch]").GetAttribute("aria-checked")),
            Patience
        );
    }

    [Fact]
    public async Task Page_TellsRuleHistoryAndWhyNothingStarted()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle);
        await RunAsync(bundle);
        await bundle.ExecuteAsync(
            "INSERT INTO schedule_runs (id, schedule, due_at, at, trigger, outcome, cause, reason, times) VALUES (gen_random_uuid(), $1, ac_now(), ac_now(), 'due', 'skipped', 'missed', 'No engine ran.', 3)",
            Name
        );
        var page = Open(bundle);

        Assert.Contains("Every weekday at 02:00", page.Find(".sched-sentence").TextContent, StringComparison.Ordinal);
        Assert.Equal(5, page.FindAll("[data-testid=next-runs] li").Count);
        var runs = page.Find("[data-testid=runs]").TextContent;
        Assert.Contains("No engine ran.", runs, StringComparison.Ordinal);
        Assert.Contains("Skipped", page.Find("[data-outcome=skipped]").TextContent, StringComparison.Ordinal);
        Assert.Contains("and 2 before", runs, StringComparison.Ordinal);
        Assert.Contains("Started by Ana", runs, StringComparison.Ordinal);
        Assert.StartsWith(
            "/jobs/j_",
            page.Find("[data-outcome=started] a").GetAttribute("href"),
            StringComparison.Ordinal
        );
        Assert.Contains(page.FindAll("a"), a => a.GetAttribute("href") == $"/jobs?q=schedule%3A{Name}");

        page.Find("[data-testid=run]").Click();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-outcome=started]").Count), Patience);
    }

    [Fact]
    public async Task Delete_AsksForANumberAndLeavesTheJobs()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle);
        var job = await RunAsync(bundle);
        bundle.Render<MudPopoverProvider>();
        var dialogs = bundle.Render<MudDialogProvider>();
        var page = Open(bundle);

        page.Find("[data-testid=delete]").Click();
        dialogs.WaitForElement(".ac-btn--danger-main[disabled]", Patience);
        dialogs.Find("input").Input("1");
        await dialogs.InvokeAsync(() => dialogs.Find(".ac-btn--danger-main").Click());

        page.WaitForAssertion(() => Assert.EndsWith("/schedules", Address(bundle), StringComparison.Ordinal), Patience);
        Assert.Null(await bundle.Services.GetRequiredService<ScheduleQueries>().FindAsync(Name));
        Assert.NotNull(await bundle.Services.GetRequiredService<JobQueries>().FindAsync(job));
    }

    [Fact]
    public async Task Page_OfNoneOrOfAnotherWorkspace_SaysThatThereIsNone()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle);
        bundle.OnlyIn = "elsewhere";
        var page = bundle.Render<SchedulePage>(p => p.Add(s => s.Name, Name));
        page.WaitForAssertion(
            () => Assert.Contains($"No schedule is called {Name} here.", page.Markup, StringComparison.Ordinal),
            Patience
        );
        Assert.Empty(page.FindAll("[data-testid=run]"));
    }

    [Fact]
    public async Task Editor_SaysTheRuleAndItsNextRunsWhileItIsTyped()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = Edit(bundle, null);
        Assert.Equal("Every day at 02:00", page.Find("[data-testid=sentence]").TextContent);

        page.Find("#sched-cron").Input("*/15 9-17 * * MON-FRI");
        page.Find("#sched-timeZone").Input("Asia/Tokyo");
        Assert.Equal(
            "Every 15 minutes from 09:00 to 17:45 on weekdays",
            page.Find("[data-testid=sentence]").TextContent
        );
        var next = page.FindAll("[data-testid=next-runs] li");
        Assert.Equal(5, next.Count);
        Assert.All(next, n => Assert.Contains("UTC+9", n.TextContent, StringComparison.Ordinal));

        page.Find("#sched-cron").Input("*/15 9-");
        Assert.Empty(page.FindAll("[data-testid=sentence]"));
        Assert.Equal("true", page.Find("#sched-cron").GetAttribute("aria-invalid"));
        Assert.Contains("is no cron expression", page.Find("#sched-cron-error").TextContent, StringComparison.Ordinal);

        page.FindAll(".ac-filter").Single(b => b.TextContent == "Weekdays").Click();
        Assert.Equal("Every weekday at 09:00", page.Find("[data-testid=sentence]").TextContent);
    }

    [Fact]
    public async Task Editor_SavesWhatWasTyped_AndAMistakeKeepsIt()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = Edit(bundle, null);
        page.Find("#sched-name").Change("New");
        page.Find("#sched-description").Change("Says hello");
        page.Find("#field-text").Input("hello");
        page.FindAll("#sched-overlap input")[1].Change(true);

        page.Find("form").Submit();
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Name: Begin with a letter",
                    page.Find("[data-testid=error-list]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("Says hello", page.Find("#sched-description").GetAttribute("value"));

        page.Find("#sched-name").Change("hello");
        page.Find("form").Submit();
        page.WaitForAssertion(
            () => Assert.EndsWith("/schedules/hello", Address(bundle), StringComparison.Ordinal),
            Patience
        );
        var saved = (await bundle.Services.GetRequiredService<ScheduleQueries>().FindAsync("hello"))!;
        Assert.Equal(("Says hello", "bufferOne", "echo"), (saved.Description, saved.Overlap, saved.Agent));
        Assert.Equal("hello", saved.Input.ToElement().GetProperty("text").GetString());
    }

    [Fact]
    public async Task Editor_WhereAnotherSavedFirst_KeepsWhatWasTypedAndOffersToSaveOver()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle);
        var page = Edit(bundle, Name);
        Assert.Equal("hi", page.Find("#field-text").GetAttribute("value"));
        await SaveAsync(bundle);
        page.Find("#sched-description").Change("Mine");

        page.Find("form").Submit();
        page.WaitForElement("[data-testid=save-over]", Patience);
        Assert.Contains(
            "Somebody saved version 2 meanwhile.",
            page.Find("[data-testid=error-list]").TextContent,
            StringComparison.Ordinal
        );
        page.Find("[data-testid=save-over]").Click();

        page.WaitForAssertion(
            () => Assert.EndsWith($"/schedules/{Name}", Address(bundle), StringComparison.Ordinal),
            Patience
        );
        var saved = (await bundle.Services.GetRequiredService<ScheduleQueries>().FindAsync(Name))!;
        Assert.Equal((3, "Mine", "crew"), (saved.Version, saved.Description, saved.ConcurrencyKey));
    }

    private static string Address(PageBundle bundle) =>
        bundle.Services.GetRequiredService<BunitNavigationManager>().Uri;

    private static string? Marks(IRenderedComponent<SchedulesPage> page) =>
        page.Find(".sched-marks").GetAttribute("aria-label");

    private static IRenderedComponent<SchedulePage> Open(PageBundle bundle)
    {
        var page = bundle.Render<SchedulePage>(p => p.Add(s => s.Name, Name));
        page.WaitForElement("[data-testid=schedule]", Patience);
        return page;
    }

    private static IRenderedComponent<ScheduleEditPage> Edit(PageBundle bundle, string? name)
    {
        var page = bundle.Render<ScheduleEditPage>(p => p.Add(s => s.Name, name));
        page.WaitForElement("[data-testid=save]", Patience);
        return page;
    }

    private static async Task<Guid> RunAsync(PageBundle bundle)
    {
        var outcome = await bundle
            .Services.GetRequiredService<ScheduleCommands>()
            .RunAsync(Name, bundle.Caller, null, CancellationToken.None);
        return Assert.IsType<SubmitOutcome.Accepted>(outcome).Id;
    }

    private static async Task SaveAsync(PageBundle bundle)
    {
        var definition = new ScheduleDefinition
        {
            Cron = "0 2 * * 1-5",
            TimeZone = "Europe/Berlin",
            Job = new JobSubmission
            {
                Agent = EchoAgent.Name,
                Input = JsonSerializer.SerializeToElement(new { text = "hi" }),
                ConcurrencyKey = "crew",
            },
        };
        Assert.IsType<ScheduleOutcome.Saved>(
            await bundle
                .Services.GetRequiredService<ScheduleCommands>()
                .SaveAsync(Name, null, definition, bundle.Caller, CancellationToken.None)
        );
    }
}
