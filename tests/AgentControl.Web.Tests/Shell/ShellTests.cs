using System.Security.Claims;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using AgentControl.Web.Tests.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Sections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentControl.Web.Tests.Shell;

public sealed class ShellTests : UiContext
{
    [Fact]
    public void Layout_HasItsLandmarksOnce()
    {
        var layout = Layout();
        Assert.Single(layout.FindAll("main"));
        Assert.Single(layout.FindAll("header"));
        Assert.Single(layout.FindAll("footer"));
        Assert.Single(layout.FindAll("h1"));
        Assert.Equal(
            ["Main", "Where you are", "Main, phone"],
            layout.FindAll("nav").Select(n => n.GetAttribute("aria-label"))
        );
        Assert.Single(layout.FindAll("[aria-live=polite]"));
        Assert.Single(layout.FindAll("[aria-live=assertive]"));
        Assert.EndsWith("#content", layout.Find(".ac-skip").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Layout_FirstDrawn_TellsTheBrowserItIsInteractive()
    {
        Layout();
        Assert.Single(JSInterop.Invocations, i => i.Identifier == "ac.interactive");
    }

    [Fact]
    public void Layout_Crumbs_StandInTheTopBar()
    {
        var layout = Layout(b =>
        {
            b.OpenComponent<PageHead>(0);
            b.AddComponentParameter(1, "Title", "invoice-118");
            b.AddComponentParameter(2, "Path", new Crumb[] { new("Jobs", "/jobs") });
            b.CloseComponent();
        });
        Assert.Equal(["Jobs", "invoice-118"], layout.FindAll(".ac-crumbs li").Select(l => l.TextContent));
        Assert.Equal("-1", layout.Find("h1").GetAttribute("tabindex"));
    }

    [Theory]
    [InlineData("/", "Overview")]
    [InlineData("/jobs", "Jobs")]
    [InlineData("/jobs/j_7Q2F/events", "Jobs")]
    [InlineData("/approvals?box=mine", "Approvals")]
    public void Rail_Address_MarksItsPage(string address, string page)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        Assert.Equal(page, Render<NavRail>().Find("[aria-current=page]").TextContent.Trim());
    }

    [Fact]
    public void Rail_Navigation_MovesTheMark()
    {
        var rail = Render<NavRail>();
        Services.GetRequiredService<NavigationManager>().NavigateTo("/workspace/acme");
        rail.WaitForAssertion(() => Assert.Equal("Workspace", rail.Find("[aria-current=page]").TextContent.Trim()));
    }

    [Fact]
    public void Rail_SomebodyIsWaitedFor_ShowsTheCountAndFollowsIt()
    {
        Person.SetAuthorized("Ana");
        var counts = new Counts { Waiting = 3 };
        Services.Replace(ServiceDescriptor.Scoped<INavCounts>(_ => counts));
        var rail = Render<NavRail>();
        Assert.Equal("3 waiting for you", rail.Find("[data-testid=waiting-count]").TextContent);

        Clock.Advance(UiPulse.Interval);
        counts.Waiting = 0;
        Feed.Publish(LiveTopic.Approvals);
        Clock.Advance(UiPulse.Interval);
        rail.WaitForAssertion(() => Assert.Empty(rail.FindAll("[data-testid=waiting-count]")));
    }

    [Fact]
    public void Rail_ANewRequestComes_IsSaidAndFewerAreNot()
    {
        Person.SetAuthorized("Ana");
        var counts = new Counts { Waiting = 3 };
        Services.Replace(ServiceDescriptor.Scoped<INavCounts>(_ => counts));
        var rail = Render<NavRail>();
        foreach (var waiting in new[] { 4, 2, 3 })
        {
            counts.Waiting = waiting;
            Feed.Publish(LiveTopic.Approvals);
            Clock.Advance(UiPulse.Interval);
            rail.WaitForAssertion(() =>
                Assert.StartsWith(
                    waiting.ToString(null, null),
                    rail.Find("[data-testid=waiting-count]").TextContent,
                    StringComparison.Ordinal
                )
            );
        }

        Assert.Equal(["A new request; 4 wait for you.", "A new request; 3 wait for you."], Said());
    }

    [Fact]
    public void Layout_OwnJobsEnd_AreSaidOnceEachOnEveryPage()
    {
        var ends = new Ends();
        Services.Replace(ServiceDescriptor.Scoped<IOwnEnds>(_ => ends));
        var layout = Layout();
        EndNow("before", "completed", Clock.GetUtcNow().AddSeconds(-1));
        EndNow("import \u202Ex", "completed", Clock.GetUtcNow().AddSeconds(1));
        layout.WaitForAssertion(() => Assert.Equal(["Your job import ⟦U+202E⟧x ended: Completed."], Said()));
        EndNow("export", "timed_out", Clock.GetUtcNow().AddSeconds(2));
        layout.WaitForAssertion(() => Assert.Equal("Your job export ended: Timed out.", Said()[^1]));
        Assert.Equal(2, Said().Length);
        foreach (var number in Enumerable.Range(1, 4))
            ends.All.Add(new($"job {number}", "failed", Clock.GetUtcNow().AddSeconds(3)));
        EndNow("job 5", "failed", Clock.GetUtcNow().AddSeconds(3));
        layout.WaitForAssertion(() => Assert.Equal("5 of your jobs ended.", Said()[^1]));

        void EndNow(string name, string label, DateTimeOffset at)
        {
            ends.All.Add(new(name, label, at));
            Feed.Publish(LiveTopic.Ends);
            Clock.Advance(UiPulse.Interval);
        }
    }

    [Fact]
    public void GoTo_Typed_FindsPages()
    {
        var dialog = Render<GoToDialog>();
        dialog.Find("input").Input("appr");
        Assert.Equal(["/approvals"], dialog.FindAll("[role=option]").Select(o => o.GetAttribute("data-href")));
        dialog.Find("input").Input("zebra");
        Assert.Contains("Nothing is named so", dialog.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void NavigationItems_Chords_AreTheirOwn()
    {
        var chords = Navigation.Items.Where(i => i.Chord is not null).Select(i => i.Chord).ToArray();
        Assert.Equal(chords.Length, chords.Distinct().Count());
        Assert.All(Navigation.Items, i => Assert.True(IconShapes.ByName.ContainsKey(i.Icon)));
    }

    private IRenderedComponent<MainLayout> Layout(RenderFragment? body = null) =>
        Render<MainLayout>(p => p.Add(c => c.Body, body ?? (b => b.AddMarkupContent(0, "<h1>Page</h1>"))));

    private string?[] Said() =>
        [.. JSInterop.Invocations.Where(i => i.Identifier == "ac.announce").Select(i => (string?)i.Arguments[1])];

    private sealed class Ends : IOwnEnds
    {
        public List<OwnEnd> All { get; } = [];

        public Task<IReadOnlyList<OwnEnd>> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<OwnEnd>>([.. All.Where(job => job.At >= since)]);
    }

    private sealed class Counts : INavCounts
    {
        public int Waiting { get; set; }

        public Task<int> WaitingForAsync(ClaimsPrincipal person, CancellationToken cancellationToken) =>
            Task.FromResult(Waiting);
    }
}
