using AgentControl.Engine.Jobs;
using AgentControl.TestKit;
using AgentControl.Web.Jobs.New;
using AgentControl.Web.Overview;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class NewJobPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static IRenderedComponent<NewJobPage> Open(PageBundle bundle, string address = "/jobs/new")
    {
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo(address);
        var page = bundle.Render<NewJobPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=start]")), Patience);
        return page;
    }

    [Fact]
    public async Task Form_IsMadeFromTheSchema_WithLabelsAndHelp()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);

        var page = Open(bundle);

        Assert.Contains(page.FindAll("label"), l => l.TextContent == "Text *" && l.GetAttribute("for") == "field-text");
        Assert.Equal("What to say", page.Find("#field-text-help").TextContent);
        Assert.Equal("1", page.Find("#field-times").GetAttribute("value"));
    }

    [Fact]
    public async Task Start_WithoutWhatIsNeeded_ListsTheErrorsAndMarksTheField()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = Open(bundle);

        page.Find("form").Submit();

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Text is missing",
                    page.Find("[data-testid=error-list]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("true", page.Find("#field-text").GetAttribute("aria-invalid"));
        Assert.Contains("Text is missing", page.Find("#field-text-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Filled_SubmitsTheJobAndGoesToIt()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = Open(bundle);
        page.Find("#field-text").Input("hello");
        page.Find("#new-name").Input("greeting");

        page.Find("form").Submit();

        var navigation = bundle.Services.GetRequiredService<BunitNavigationManager>();
        page.WaitForAssertion(() => Assert.Contains("/jobs/j_", navigation.Uri, StringComparison.Ordinal), Patience);
        var job = await bundle.Services.GetRequiredService<JobQueries>().FindAsync(navigation.Uri.Split('/')[^1]);
        Assert.Equal(
            ("greeting", "{\"text\":\"hello\",\"times\":1}", "Ana"),
            (job!.Name, job.Input.ToString(), job.SubmittedBy)
        );
    }

    [Fact]
    public async Task Agent_ChosenAgain_KeepsWhatWasFilledIn()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = Open(bundle);
        page.Find("#field-text").Input("hello");

        page.Find("#new-agent").Change(page.Find("#new-agent option").GetAttribute("value"));

        Assert.Equal("hello", page.Find("#field-text").GetAttribute("value"));
    }

    [Fact]
    public async Task From_AnotherJob_TakesItsInput()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("before");

        var page = Open(bundle, $"/jobs/new?from={job}");

        Assert.Equal("hello", page.Find("#field-text").GetAttribute("value"));
        Assert.Equal("before", page.Find("#new-name").GetAttribute("value"));
    }

    [Fact]
    public async Task WithoutTheRole_StartSaysWhy()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        bundle.Role = Engine.Access.Role.Viewer;

        var page = Open(bundle);

        Assert.Equal("Needs the Operator role", page.Find("[data-testid=start]").GetAttribute("title"));
        page.Find("#field-text").Input("hello");
        page.Find("form").Submit();
        Assert.Empty((await bundle.Services.GetRequiredService<JobQueries>().ListAsync(JobFilter.None)).Items);
    }

    [Fact]
    public async Task Overview_EmptyThenLive_ShowsWhatNeedsMeAndWhatRuns()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<OverviewPage>();
        page.WaitForAssertion(
            () =>
                Assert.Contains("No jobs yet", page.Find("[data-testid=empty]").TextContent, StringComparison.Ordinal),
            Patience
        );

        await bundle.RunAsync(await bundle.SubmitAsync("runner"), 3, 10);
        await bundle.AskAsync(await bundle.SubmitAsync("asker"), "Write it");
        bundle.Feed.Publish(LiveTopic.Jobs);

        page.WaitForAssertion(
            () =>
                Assert.Contains("Write it", page.Find("[data-testid=needs-you]").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Contains("runner", page.Find("[data-testid=running-now]").TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["/trends#completion", "/trends#duration", "/trends", "/jobs?q=label:queued"],
                    page.FindAll("[data-testid=tiles] .ac-tile").Select(t => t.GetAttribute("href"))
                ),
            Patience
        );
    }

    [Fact]
    public async Task Overview_Error_NamesItself()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.BreakAsync("jobs");

        var page = bundle.Render<OverviewPage>();

        page.WaitForAssertion(
            () => Assert.Matches("E-[0-9A-F]{4}", page.Find("[data-testid=error-panel]").TextContent),
            Patience
        );
    }
}
