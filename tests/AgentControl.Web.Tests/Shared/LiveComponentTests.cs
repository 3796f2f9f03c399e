using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Shared;

public sealed class LiveComponentTests : UiContext
{
    [Fact]
    public void Change_WithinABeat_IsDrawnOnceWithTheBeat()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one"));
        Settle();
        var drawn = part.RenderCount;

        part.Instance.Source = () => "two";
        for (var i = 0; i < 40; i++)
        {
            Feed.Publish("things");
        }

        Assert.Equal("one", part.Find("p").TextContent);
        Clock.Advance(UiPulse.Interval);
        part.WaitForAssertion(() => Assert.Equal("two", part.Find("p").TextContent));
        Assert.Equal(drawn + 1, part.RenderCount);
    }

    [Fact]
    public void Change_ThatShowsTheSame_DrawsNothing()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one"));
        Settle();
        var (drawn, loads) = (part.RenderCount, part.Instance.Loads);

        Feed.Publish("things");
        Clock.Advance(UiPulse.Interval);

        part.WaitForAssertion(() => Assert.Equal(loads + 1, part.Instance.Loads));
        Assert.Equal(drawn, part.RenderCount);
    }

    [Fact]
    public void Change_WhileTheTabIsHidden_WaitsUntilItIsShown()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one"));
        Settle();
        var pulse = Services.GetRequiredService<UiPulse>();
        pulse.SetVisible(false);
        part.Instance.Source = () => "two";
        Feed.Publish("things");
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("one", part.Find("p").TextContent);

        pulse.SetVisible(true);
        Clock.Advance(UiPulse.Interval);
        part.WaitForAssertion(() => Assert.Equal("two", part.Find("p").TextContent));
    }

    [Fact]
    public void Load_Fails_KeepsWhatWasShownAndTriesAgain()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one"));
        Settle();
        part.Instance.Source = () => throw new InvalidOperationException("the database is away");
        Feed.Publish("things");
        Clock.Advance(UiPulse.Interval);
        part.WaitForAssertion(() => Assert.Matches("E-[0-9A-F]{4}", part.Find("em").TextContent));
        Assert.Equal("one", part.Find("p").TextContent);

        part.Instance.Source = () => "two";
        part.Find("button").Click();
        part.WaitForAssertion(() => Assert.Equal("two", part.Find("p").TextContent));
        Assert.Empty(part.FindAll("em"));
    }

    [Fact]
    public void Database_AnswersAgain_LoadsByItself()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one"));
        Settle();
        part.Instance.Source = () => throw new InvalidOperationException("the database is away");
        Feed.Publish("things");
        Clock.Advance(UiPulse.Interval);
        part.WaitForAssertion(() => Assert.NotEmpty(part.FindAll("em")));

        part.Instance.Source = () => "two";
        Feed.Publish(LiveTopic.Contact);
        Clock.Advance(UiPulse.Interval);

        part.WaitForAssertion(() => Assert.Equal("two", part.Find("p").TextContent));
        Assert.Empty(part.FindAll("em"));
    }

    [Fact]
    public void Key_Changes_LoadsAnew()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one").Add(c => c.Filter, "a"));
        var loads = part.Instance.Loads;
        part.Render(p => p.Add(c => c.Filter, "a"));
        Assert.Equal(loads, part.Instance.Loads);
        part.Render(p => p.Add(c => c.Filter, "b"));
        Assert.Equal(loads + 1, part.Instance.Loads);
    }

    [Fact]
    public async Task Part_LeavesThePage_HearsNoMore()
    {
        var part = Render<Part>(p => p.Add(c => c.Read, () => "one"));
        Settle();
        var (instance, loads) = (part.Instance, part.Instance.Loads);
        await DisposeComponentsAsync();
        Feed.Publish("things");
        Clock.Advance(UiPulse.Interval);
        Assert.Equal(loads, instance.Loads);
    }

    // The first beat reads what changed between the load and the subscription.
    private void Settle() => Clock.Advance(UiPulse.Interval);

    private sealed class Part : LiveComponent
    {
        private string? _shown;

        public Func<string> Source { get; set; } = () => "";

        public int Loads { get; private set; }

        [Parameter]
        public Func<string> Read { get; set; } = () => "";

        [Parameter]
        public string? Filter { get; set; }

        protected override IEnumerable<string> Topics => ["things"];

        protected override object? LoadKey => Filter;

        protected override void OnInitialized() => Source = Read;

        protected override Task LoadAsync(CancellationToken cancellationToken)
        {
            Loads++;
            Show(ref _shown, Source());
            return Task.CompletedTask;
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, $"<p>{_shown}</p>");
            if (Failure is not null)
            {
                builder.AddMarkupContent(1, $"<em>{Failure.Id}</em>");
                builder.OpenElement(2, "button");
                builder.AddAttribute(3, "onclick", EventCallback.Factory.Create(this, ReloadAsync));
                builder.CloseElement();
            }
        }
    }
}
