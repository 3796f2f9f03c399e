using AgentControl.TestKit;
using AgentControl.Web.Jobs;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class JobsPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static IRenderedComponent<JobsPage> Open(PageBundle bundle, string address = "/jobs")
    {
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo(address);
        return bundle.Render<JobsPage>();
    }

    private static IReadOnlyList<string> Names(IRenderedComponent<JobsPage> page) =>
        [.. page.FindAll("[data-testid=job-row] .jobs-title > a:first-child").Select(a => a.TextContent)];

    [Fact]
    public async Task Loading_ShowsRowsToCome_ThenTheRows()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        var held = await bundle.HoldAsync("jobs");

        var page = Open(bundle);
        Assert.NotEmpty(page.FindAll("[data-testid=skeleton]"));
        await held.DisposeAsync();

        page.WaitForAssertion(() => Assert.Equal(["one"], Names(page)), Patience);
        Assert.Empty(page.FindAll("[data-testid=skeleton]"));
    }

    [Fact]
    public async Task SearchNotUnderstood_SaysSoAndShowsNoRows()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");

        var page = Open(bundle, "/jobs?q=label:nonsense");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=empty]")), Patience);
        Assert.Contains("No label is called nonsense", page.Markup, StringComparison.Ordinal);
        Assert.Empty(Names(page));
    }

    [Fact]
    public async Task Empty_SaysWhatToDo_AndWhichFilterFoundNothing()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);

        var page = Open(bundle);
        page.WaitForAssertion(
            () =>
                Assert.Contains("No jobs yet", page.Find("[data-testid=empty]").TextContent, StringComparison.Ordinal),
            Patience
        );

        var filtered = Open(bundle, "/jobs?q=label:failed");
        filtered.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No jobs match label:failed",
                    filtered.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("/jobs", filtered.Find("[data-testid=empty] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Error_KeepsTheRows_NamesItselfAndTriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        var page = Open(bundle);
        page.WaitForAssertion(() => Assert.Equal(["one"], Names(page)), Patience);

        await bundle.BreakAsync("jobs");
        bundle.Feed.Publish(LiveTopic.Jobs);
        page.WaitForAssertion(
            () => Assert.Matches("E-[0-9A-F]{4}", page.Find("[data-testid=error-panel]").TextContent),
            Patience
        );
        Assert.Equal(["one"], Names(page));

        await bundle.MendAsync("jobs");
        page.Press("[data-testid=error-panel] button", Patience);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=error-panel]")), Patience);
    }

    [Fact]
    public async Task Change_OfARow_IsDrawnInPlace_AndANewJobWaitsBehindItsCount()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var first = await bundle.SubmitAsync("first");
        await bundle.SubmitAsync("second");
        var page = Open(bundle);
        page.WaitForAssertion(() => Assert.Equal(["second", "first"], Names(page)), Patience);

        await bundle.RunAsync(first, 5, 10);
        await bundle.SubmitAsync("third");
        bundle.Feed.Publish(LiveTopic.Jobs);

        page.WaitForAssertion(
            () => Assert.Equal("1 new", page.Find("[data-testid=new-count]").TextContent.Trim()),
            Patience
        );
        Assert.Equal(["second", "first"], Names(page));
        Assert.Equal("running", page.FindAll("[data-testid=job-row] [data-state]")[1].GetAttribute("data-state"));
        Assert.Equal("50", page.FindAll("[role=progressbar]")[0].GetAttribute("aria-valuenow"));
        page.Press("[data-testid=new-count]", Patience);
        page.WaitForAssertion(() => Assert.Equal(["third", "second", "first"], Names(page)), Patience);
    }

    [Fact]
    public async Task Change_ThatLeavesTheFilter_KeepsTheRowDimmed()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("leaving");
        var page = Open(bundle, "/jobs?q=label:queued");
        page.WaitForAssertion(() => Assert.Equal(["leaving"], Names(page)), Patience);

        await bundle.RunAsync(job);
        bundle.Feed.Publish(LiveTopic.Jobs);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "no longer matches",
                    page.Find("[data-testid=why]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Contains("ac-row--gone", page.Find("[data-testid=job-row]").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LabelCounts_AreLinksThatFilter()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.RunAsync(await bundle.SubmitAsync("one"));
        await bundle.SubmitAsync("two");

        var page = Open(bundle);

        page.WaitForAssertion(
            () => Assert.Contains("2", page.Find("[data-label=all]").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Equal("/jobs?q=label%3Arunning", page.Find("[data-label=running]").GetAttribute("href"));
        Assert.Contains("1", page.Find("[data-label=running]").TextContent, StringComparison.Ordinal);
        Assert.Equal("0", page.Find("[data-label=failed] .ac-muted").TextContent);
    }

    [Fact]
    public async Task Pages_NextShowsTheRest_AndPrevLeadsBack()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        for (var i = 0; i < 53; i++)
            await bundle.SubmitAsync($"job-{i}");
        var page = Open(bundle);
        page.WaitForAssertion(() => Assert.Equal(50, Names(page).Count), Patience);

        var next = page.Find("[data-testid=next-page]").GetAttribute("href")!;
        page.Press("[data-testid=next-page]", Patience);
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo(next);

        page.WaitForAssertion(() => Assert.Equal(["job-2", "job-1", "job-0"], Names(page)), Patience);
        Assert.Equal("/jobs", page.Find(".jobs-pages a").GetAttribute("href"));
        Assert.Empty(page.FindAll("[data-testid=next-page]"));
    }

    [Theory]
    [InlineData("newest", "/jobs", new[] { "apple", "Cherry", "banana" })]
    [InlineData("oldest", "/jobs?sort=oldest", new[] { "banana", "Cherry", "apple" })]
    [InlineData("name", "/jobs?sort=name", new[] { "apple", "banana", "Cherry" })]
    public async Task Sort_Chosen_IsInTheAddressAndOrdersTheRows(string sort, string address, string[] expected)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        foreach (var name in new[] { "banana", "Cherry", "apple" })
            await bundle.SubmitAsync(name);
        var page = Open(bundle, "/jobs?sort=oldest");
        page.WaitForAssertion(() => Assert.Equal(3, Names(page).Count), Patience);

        page.Find("[data-testid=sort]").Change(sort);

        var navigation = bundle.Services.GetRequiredService<NavigationManager>();
        page.WaitForAssertion(() => Assert.Equal(address, new Uri(navigation.Uri).PathAndQuery), Patience);
        page.WaitForAssertion(() => Assert.Equal(expected, Names(page)), Patience);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("oldest")]
    public async Task Sort_NextPage_GoesOnWhereTheFirstEnded(string sort)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        for (var i = 0; i < 53; i++)
            await bundle.SubmitAsync(i < 51 ? "same" : $"zebra-{i}");
        var page = Open(bundle, $"/jobs?sort={sort}");
        page.WaitForAssertion(() => Assert.Equal(50, Names(page).Count), Patience);
        Assert.All(Names(page), name => Assert.Equal("same", name));

        var next = page.Find("[data-testid=next-page]").GetAttribute("href")!;
        Assert.StartsWith($"/jobs?sort={sort}&after=", next, StringComparison.Ordinal);
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo(next);

        page.WaitForAssertion(() => Assert.Equal(["same", "zebra-51", "zebra-52"], Names(page)), Patience);
    }

    [Fact]
    public async Task Search_NotUnderstood_SaysWhatIsWrong()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);

        var page = Open(bundle, "/jobs?q=older:soon");

        page.WaitForAssertion(
            () => Assert.Contains("older:soon is no age", page.Find(".ac-error").TextContent, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task ChildJobs_AreLeftOut_UntilAskedFor()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var parent = await bundle.SubmitAsync("parent");
        var child = await bundle.SubmitAsync("child");
        await bundle.ExecuteAsync(
            "UPDATE jobs SET parent_id = $2, parent_key = 'spawn#1', parent_index = 0 WHERE id = $1",
            child,
            parent
        );

        var page = Open(bundle);
        page.WaitForAssertion(() => Assert.Equal(["parent"], Names(page)), Patience);

        var all = Open(bundle, "/jobs?view=all");
        all.WaitForAssertion(() => Assert.Equal(["child", "parent"], Names(all)), Patience);
        var family = Open(bundle, $"/jobs?q=parent:{parent}");
        family.WaitForAssertion(() => Assert.Equal(["child"], Names(family)), Patience);
    }

    [Fact]
    public async Task RowMenu_Pause_IsDoneWithUndo()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        var page = Open(bundle);
        page.WaitForAssertion(() => Assert.Single(Names(page)), Patience);

        page.Press(".jobs-menu > button", Patience);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".jobs-popup")), Patience);
        page.FindAll(".jobs-popup button").Single(b => b.TextContent == "Pause").Click();

        page.WaitForAssertion(
            () => Assert.Equal("paused", page.Find("[data-testid=job-row] [data-state]").GetAttribute("data-state")),
            Patience
        );
        var notice = Assert.Single(bundle.Services.GetRequiredService<Notices>().Open);
        Assert.NotNull(notice.Undo);
        await notice.Undo();
        bundle.Feed.Publish(LiveTopic.Jobs);
        page.WaitForAssertion(
            () => Assert.Equal("queued", page.Find("[data-testid=job-row] [data-state]").GetAttribute("data-state")),
            Patience
        );
    }

    [Fact]
    public async Task RowMenu_WithoutTheRole_SaysWhichOneIsNeeded()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        bundle.Role = Engine.Access.Role.Viewer;
        var page = Open(bundle);
        page.WaitForAssertion(() => Assert.Single(Names(page)), Patience);

        page.Press(".jobs-menu > button", Patience);
        page.WaitForElement(".jobs-popup", Patience);
        page.FindAll(".jobs-popup button").Single(b => b.TextContent == "Pause").Click();

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "needs the Operator role",
                    bundle.Services.GetRequiredService<Notices>().Open.Single().Text,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }
}
