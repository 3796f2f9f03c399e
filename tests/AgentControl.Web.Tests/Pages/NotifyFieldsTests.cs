using System.Text.Json;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Schedules;
using AgentControl.TestKit;
using AgentControl.Web.Jobs.New;
using AgentControl.Web.Schedules;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>Who is told how a job goes, in the form of a new job and in that of a schedule.</summary>
public sealed class NotifyFieldsTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly Dictionary<string, string?> Channel = new()
    {
        ["AgentControl:Notifications:Channels:ops:type"] = "webhook",
        ["AgentControl:Notifications:Channels:ops:url"] = "http://127.0.0.1:9/hook",
        ["AgentControl:Notifications:Channels:ops:secret"] = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ["AgentControl:Notifications:Channels:ops:on"] = "failed,needsPerson",
    };

    [Fact]
    public async Task NewJob_ChosenChannelsAndKindsGoWithTheJob()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture, Channel);
        var page = OpenNew(bundle);
        await page.InvokeAsync(() => page.Find("#field-text").Input("hello"));
        page.WaitForElement("[data-testid=notify-channels] input[value=ops]", Patience);
        Assert.Contains(
            "ops (Webhook)",
            page.Find("[data-testid=notify-channels]").TextContent,
            StringComparison.Ordinal
        );

        await page.InvokeAsync(() => page.Find("[data-testid=notify-channels] input[value=ops]").Change(true));
        await page.InvokeAsync(() => page.Find("[data-testid=notify-on] input[value=started]").Change(false));
        await page.InvokeAsync(() => page.Find("[id='new-notify.everyMinutes']").Input("15"));
        await page.InvokeAsync(() => page.Find("form").Submit());

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "/jobs/j_",
                    bundle.Services.GetRequiredService<BunitNavigationManager>().Uri,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal(
            1,
            await bundle.CountAsync(
                """SELECT count(*) FROM jobs WHERE notify::jsonb = '{"channels":["ops"],"on":["needsPerson","completed","failed","regressed"],"everyMinutes":15}'::jsonb"""
            )
        );
    }

    [Fact]
    public async Task NewJob_StatusWithoutAChannel_IsRefusedAtItsField()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = OpenNew(bundle);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No channel is set up.",
                    page.Find("[data-testid=notify-channels]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );

        // Found and used in one turn of the renderer: what comes between would draw the fields anew.
        await page.InvokeAsync(() => page.Find("#field-text").Input("hello"));
        await page.InvokeAsync(() => page.Find("[id='new-notify.everyMinutes']").Input("9999"));
        await page.InvokeAsync(() => page.Find("form").Submit());

        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["/jobs/new#new-notify.channels", "/jobs/new#new-notify.everyMinutes"],
                    page.FindAll("[data-testid=error-list] a")
                        .Select(a => a.GetAttribute("href"))
                        .Order(StringComparer.Ordinal)
                ),
            Patience
        );
        Assert.Contains(
            "from 1 to 1440",
            page.Find("[id='new-notify.everyMinutes-e']").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Schedule_Edited_KeepsWhatItHadAndShowsAChannelThatIsGone()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture, Channel);
        await bundle
            .Services.GetRequiredService<ScheduleCommands>()
            .SaveAsync(
                "nightly",
                null,
                new ScheduleDefinition
                {
                    Cron = "0 2 * * *",
                    TimeZone = "UTC",
                    Job = new JobSubmission
                    {
                        Agent = EchoAgent.Name,
                        Input = JsonSerializer.SerializeToElement(new { text = "hello" }),
                        Workspace = "default",
                        Notify = JsonElement.Parse("""{"channels":["ops","gone"],"on":["failed"],"everyPercent":20}"""),
                    },
                },
                bundle.Caller,
                CancellationToken.None
            );
        var page = bundle.Render<ScheduleEditPage>(p => p.Add(c => c.Name, "nightly"));
        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["gone", "ops"],
                    page.FindAll("[data-testid=notify-channels] input[checked]")
                        .Select(i => i.GetAttribute("value")!)
                        .Order(StringComparer.Ordinal)
                ),
            Patience
        );
        page.WaitForAssertion(
            () => Assert.Contains("gone (there is none any more)", page.Markup, StringComparison.Ordinal),
            Patience
        );

        await page.InvokeAsync(() => page.Find("#sched-description").Change("Closes the books"));
        await page.InvokeAsync(() => page.Find("form").Submit());

        page.WaitForAssertion(
            () =>
                Assert.EndsWith(
                    "/schedules/nightly",
                    bundle.Services.GetRequiredService<BunitNavigationManager>().Uri,
                    StringComparison.Ordinal
                ),
            Patience
        );
        var kept = await bundle
            .Services.GetRequiredService<ScheduleQueries>()
            .FindAsync("nightly", CancellationToken.None);
        Assert.Equal("Closes the books", kept!.Description);
        Assert.True(
            JsonElement.DeepEquals(
                JsonElement.Parse("""{"channels":["gone","ops"],"on":["failed"],"everyPercent":20}"""),
                kept.Notify!.Value
            ),
            kept.Notify.Value.GetRawText()
        );
    }

    private static IRenderedComponent<NewJobPage> OpenNew(PageBundle bundle)
    {
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo("/jobs/new");
        var page = bundle.Render<NewJobPage>();
        page.WaitForElement("[data-testid=start]", Patience);
        return page;
    }
}
