using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using AgentControl.Web.Tests.Shared;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Shell;

public sealed class DataAgeTests : UiContext
{
    private static readonly TimeSpan Look = DataAge.LookEvery;

    [Fact]
    public void Database_Answers_DrawsNothingEver()
    {
        Contact.Touch(Clock.GetUtcNow());
        var bar = Render<DataAgeBar>();
        var drawn = bar.RenderCount;

        for (var beat = 0; beat < 120; beat++)
        {
            Clock.Advance(Look);
            Contact.Touch(Clock.GetUtcNow());
        }

        Assert.Equal(drawn, bar.RenderCount);
        Assert.Empty(bar.FindAll("ac-data-age"));
    }

    [Fact]
    public void Database_WasNeverAsked_IsNotCalledSilent()
    {
        var bar = Render<DataAgeBar>();

        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(bar.FindAll("ac-data-age"));
    }

    [Fact]
    public void Database_FallsSilent_SaysSoWithinFiveSecondsAndDrawsOnce()
    {
        var last = Clock.GetUtcNow();
        Contact.Touch(last);
        var bar = Render<DataAgeBar>();

        Clock.Advance(DataAge.Limit);
        Assert.Empty(bar.FindAll("ac-data-age"));
        Clock.Advance(Look);
        Clock.Advance(UiPulse.Interval);
        bar.WaitForAssertion(() => Assert.NotEmpty(bar.FindAll("ac-data-age")));
        var drawn = bar.RenderCount;

        Assert.Equal("4", bar.Find("ac-data-age").GetAttribute("age"));
        Assert.Equal("Data is 4 s old. Reconnecting to the database…", bar.Find("[data-text]").TextContent);
        Assert.Equal("2026-11-21T14:32:07.000Z", bar.Find("time").GetAttribute("datetime"));
        Assert.Equal("14:32:07 UTC", bar.Find("time").TextContent);
        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(drawn, bar.RenderCount);
    }

    [Fact]
    public void Database_AnswersAgain_TakesTheBarAway()
    {
        Contact.Touch(Clock.GetUtcNow());
        var bar = Render<DataAgeBar>();
        Clock.Advance(TimeSpan.FromSeconds(5));
        Clock.Advance(UiPulse.Interval);
        bar.WaitForAssertion(() => Assert.NotEmpty(bar.FindAll("ac-data-age")));

        Contact.Touch(Clock.GetUtcNow());
        Clock.Advance(Look);
        Clock.Advance(UiPulse.Interval);

        bar.WaitForAssertion(() => Assert.Empty(bar.FindAll("ac-data-age")));
    }

    [Fact]
    public void Page_OpenedDuringTheSilence_HasTheBarAtOnce()
    {
        Contact.Touch(Clock.GetUtcNow() - TimeSpan.FromSeconds(90));

        var layout = Render<MainLayout>(p => p.Add(c => c.Body, b => b.AddMarkupContent(0, "<h1>Page</h1>")));

        Assert.Equal("90", layout.Find("ac-data-age").GetAttribute("age"));
    }

    [Fact]
    public void Watch_Ended_HearsNoMore()
    {
        Contact.Touch(Clock.GetUtcNow());
        var age = Services.GetRequiredService<DataAge>();
        var (heard, ended) = (0, 0);
        using var watch = age.Watch(() => heard++);
        age.Watch(() => ended++).Dispose();

        Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((1, 0), (heard, ended));
    }
}
