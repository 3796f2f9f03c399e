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

    private sealed class Counts : INavCounts
    {
        public int Waiting { get; set; }

        public Task<int> WaitingForAsync(ClaimsPrincipal person, CancellationToken cancellationToken) =>
            Task.FromResult(Waiting);
    }
}
