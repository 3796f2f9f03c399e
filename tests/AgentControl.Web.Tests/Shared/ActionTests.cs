using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace AgentControl.Web.Tests.Shared;

public sealed class ActionTests : UiContext
{
    [Fact]
    public void Action_UntilTheAnswer_StaysBusyAndSaysItStillWaits()
    {
        var answer = new TaskCompletionSource();
        var button = Render<ActionButton>(p =>
            p.Add(c => c.Text, "Cancel job").Add(c => c.BusyText, "Cancelling…").Add(c => c.OnAct, () => answer.Task)
        );
        button.Find("button").Click();
        Assert.Equal("Cancelling…", button.Find("button").TextContent.Trim());
        Assert.Equal("true", button.Find("button").GetAttribute("aria-disabled"));
        Assert.Empty(button.FindAll("[role=status]"));

        Clock.Advance(TimeSpan.FromSeconds(2));
        button.WaitForAssertion(() =>
            Assert.Equal("Still waiting for the worker.", button.Find("[role=status]").TextContent)
        );
        Clock.Advance(TimeSpan.FromSeconds(28));
        button.WaitForAssertion(() =>
            Assert.Contains("30 s", button.Find("[role=status]").TextContent, StringComparison.Ordinal)
        );

        answer.SetResult();
        button.WaitForAssertion(() => Assert.Equal("Cancel job", button.Find("button").TextContent.Trim()));
        Assert.Empty(button.FindAll("[role=status]"));
    }

    [Fact]
    public void Action_PressedTwice_ActsOnce()
    {
        var (acted, answer) = (0, new TaskCompletionSource());
        var button = Render<ActionButton>(p =>
            p.Add(c => c.Text, "Pause")
                .Add(c => c.BusyText, "Pausing…")
                .Add(
                    c => c.OnAct,
                    () =>
                    {
                        acted++;
                        return answer.Task;
                    }
                )
        );
        button.Find("button").Click();
        button.Find("button").Click();
        Assert.Equal(1, acted);
        answer.SetResult();
    }

    [Fact]
    public void Action_NotAllowed_SaysWhyAndDoesNothing()
    {
        var acted = 0;
        var button = Render<ActionButton>(p =>
            p.Add(c => c.Text, "Pause")
                .Add(c => c.BusyText, "…")
                .Add(c => c.DisabledReason, "Needs the Operator role")
                .Add(c => c.OnAct, () => acted++)
        );
        button.Find("button").Click();
        Assert.Equal(0, acted);
        Assert.Equal("true", button.Find("button").GetAttribute("aria-disabled"));
        Assert.Contains("Needs the Operator role", button.Find("button").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirm_One_ShowsNowAndThenAndAsksByVerbs()
    {
        var (dialogs, answer) = await AskAsync(
            new("Cancel invoice-batch-118?", "Keep running", "Cancel job")
            {
                Now = "running",
                Becomes = "cancelled",
                Effects = ["2 running steps stop"],
            }
        );
        Assert.Equal(
            ["running", "cancelled"],
            dialogs.FindAll("[data-state]").Select(c => c.GetAttribute("data-state"))
        );
        Assert.Equal(
            ["Keep running", "Cancel job"],
            dialogs.FindAll(".mud-dialog-actions button").Select(b => b.TextContent)
        );
        Assert.Equal("2 running steps stop", dialogs.Find("li").TextContent);
        dialogs.Find(".mud-dialog-actions button").Click();
        Assert.False(await answer);
    }

    [Theory]
    [InlineData(24, false)]
    [InlineData(25, true)]
    public async Task Confirm_FromTwentyFiveOn_WantsTheNumber(int count, bool wanted)
    {
        var (dialogs, answer) = await AskAsync(
            new($"Cancel {count} jobs?", "Keep running", "Cancel jobs") { Count = count }
        );
        Assert.Equal(wanted, dialogs.FindAll("input").Count == 1);
        Assert.Equal(wanted, dialogs.FindAll(".mud-dialog-actions button")[1].HasAttribute("disabled"));
        if (wanted)
            dialogs.Find("input").Input("25");
        dialogs.FindAll(".mud-dialog-actions button")[1].Click();
        Assert.True(await answer);
    }

    [Fact]
    public async Task Confirm_Many_WaitsForTheNumber()
    {
        var (dialogs, answer) = await AskAsync(
            new("Cancel 1,204 jobs?", "Keep running", "Cancel jobs") { Count = 1204 }
        );
        Assert.True(dialogs.FindAll(".mud-dialog-actions button")[1].HasAttribute("disabled"));
        dialogs.Find("input").Input("1203");
        Assert.True(dialogs.FindAll(".mud-dialog-actions button")[1].HasAttribute("disabled"));
        dialogs.Find("input").Input("1,204");
        dialogs.FindAll(".mud-dialog-actions button")[1].Click();
        Assert.True(await answer);
    }

    [Fact]
    public async Task Notice_Undo_TakesBackAndCloses()
    {
        var undone = 0;
        var list = Render<NoticeList>();
        await Services
            .GetRequiredService<Notices>()
            .OfferUndoAsync(
                "Paused invoice-118.",
                () =>
                {
                    undone++;
                    return Task.CompletedTask;
                }
            );
        list.WaitForAssertion(() =>
            Assert.Equal("z", list.Find("[data-testid=notice] button").GetAttribute("data-key"))
        );
        list.Find("[data-testid=notice] button").Click();
        list.WaitForAssertion(() => Assert.Empty(list.FindAll("[data-testid=notice]")));
        Assert.Equal(1, undone);
    }

    [Fact]
    public async Task Notice_LeftAlone_ClosesAfterTenSecondsButNotUnderThePointer()
    {
        var list = Render<NoticeList>();
        await Services.GetRequiredService<Notices>().SayAsync("Saved.");
        list.WaitForAssertion(() => Assert.Single(list.FindAll("[data-testid=notice]")));
        await list.Find("[data-testid=notice]").TriggerEventAsync("onmouseenter", new MouseEventArgs());
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(list.FindAll("[data-testid=notice]"));
        await list.Find("[data-testid=notice]").TriggerEventAsync("onmouseleave", new MouseEventArgs());
        Clock.Advance(Notices.Stay);
        list.WaitForAssertion(() => Assert.Empty(list.FindAll("[data-testid=notice]")));
    }

    [Fact]
    public async Task Notices_OnlyTheLatestUndo_HasTheKey()
    {
        var (list, notices) = (Render<NoticeList>(), Services.GetRequiredService<Notices>());
        await notices.OfferUndoAsync("One.", () => Task.CompletedTask);
        await notices.OfferUndoAsync("Two.", () => Task.CompletedTask);
        await notices.SayAsync("Three.");
        list.WaitForAssertion(() => Assert.Equal(3, list.FindAll("[data-testid=notice]").Count));
        Assert.Contains("Two.", list.Find("[data-key=z]").ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.Single(list.FindAll("[data-key=z]"));
    }

    private async Task<(IRenderedComponent<MudDialogProvider> Dialogs, Task<bool> Answer)> AskAsync(
        ConfirmRequest request
    )
    {
        var provider = Render<MudDialogProvider>();
        var dialogs = Services.GetRequiredService<IDialogService>();
        Task<bool> answer = Task.FromResult(false);
        await provider.InvokeAsync(() =>
        {
            answer = dialogs.ConfirmAsync(request);
        });
        provider.WaitForElement(".mud-dialog-actions button");
        return (provider, answer);
    }
}
