using AgentControl.Engine.Steps;
using AgentControl.Web.Jobs.Acting;

namespace AgentControl.Web.Tests.Pages;

public sealed class RetryViewTests
{
    private static StepOutline Step(
        long no,
        string name,
        string kind = "code",
        string? service = null,
        string state = "completed"
    ) =>
        new(
            $"{name}#{no}",
            0,
            name,
            kind,
            state,
            1,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddSeconds(no),
            service,
            null,
            no
        );

    private static RetryView View() =>
        new([
            Step(1, "read"),
            Step(2, "send", "once:tool"),
            Step(3, "send", "once:tool"),
            Step(4, "book", service: "erp"),
            Step(5, "end", state: "failed"),
        ]);

    [Fact]
    public void GoOn_IsChosenFirst_AndRepeatsNothing()
    {
        var view = View();

        Assert.Equal(RetryWay.GoOn, view.Choice.Way);
        Assert.Empty(view.Effects);
        Assert.True(view.IsReady);
        Assert.Equal("end#5", view.Last!.Key);
    }

    [Fact]
    public void Anew_ListsEachEffectOutside_AndNeedsATickForEach()
    {
        var view = View();

        view.Choose(RetryWay.Anew);

        Assert.Equal(["book 1", "send 2"], view.Effects.Select(e => $"{e.Name} {e.Count}").Order());
        Assert.False(view.IsReady);
        foreach (var effect in view.Effects)
            view.Tick(effect, true);
        Assert.True(view.IsReady);
    }

    [Fact]
    public void Fork_RepeatsWhatComesFromTheChosenStepOn()
    {
        var view = View();
        view.Choose(RetryWay.Fork);
        Assert.Equal(new RetryChoice(RetryWay.Fork, "end#5"), view.Choice);
        Assert.Empty(view.Effects);

        view.StartFrom("send#3");

        Assert.Equal(["Runs \"book\" again", "Runs \"send\" again"], view.Effects.Select(e => e.Text).Order());
        Assert.False(view.IsReady);
    }

    [Fact]
    public void Fork_OtherStep_AsksForTheTicksAnew()
    {
        var view = View();
        view.Choose(RetryWay.Fork);
        view.StartFrom("book#4");
        view.Tick(view.Effects[0], true);
        Assert.True(view.IsReady);

        view.StartFrom("send#2");

        Assert.False(view.IsReady);
    }
}
