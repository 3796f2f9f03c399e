using AgentControl.Web.Shared;
using Bunit;

namespace AgentControl.Web.Tests.Shared;

public sealed class StateChipTests : UiContext
{
    public static TheoryData<string, string, string> Labels =>
        new()
        {
            { "scheduled", "Scheduled", "ac-chip ac-chip--quiet ac-hue--grey" },
            { "queued", "Queued", "ac-chip ac-chip--quiet ac-hue--grey" },
            { "running", "Running", "ac-chip ac-chip--quiet ac-hue--blue" },
            { "waiting", "Waiting", "ac-chip ac-chip--quiet ac-hue--blue" },
            { "needs_approval", "Needs approval", "ac-chip ac-chip--solid ac-hue--violet" },
            { "retrying", "Retrying", "ac-chip ac-chip--tint ac-hue--amber" },
            { "recovering", "Recovering", "ac-chip ac-chip--tint ac-hue--amber" },
            { "pausing", "Pausing", "ac-chip ac-chip--tint ac-hue--grey" },
            { "paused", "Paused", "ac-chip ac-chip--tint ac-hue--grey" },
            { "cancelling", "Cancelling", "ac-chip ac-chip--tint ac-hue--grey" },
            { "completed", "Completed", "ac-chip ac-chip--quiet ac-hue--green" },
            { "failed", "Failed", "ac-chip ac-chip--solid ac-hue--red" },
            { "timed_out", "Timed out", "ac-chip ac-chip--tint ac-hue--red" },
            { "rejected", "Rejected", "ac-chip ac-chip--tint ac-hue--grey" },
            { "cancelled", "Cancelled", "ac-chip ac-chip--quiet ac-hue--grey" },
        };

    [Theory, MemberData(nameof(Labels))]
    public void Chip_EachLabel_SaysItsWordsInItsForm(string key, string label, string classes)
    {
        var chip = Render<StateChip>(p => p.Add(c => c.State, key)).Find("[data-state]");
        Assert.Equal(key, chip.GetAttribute("data-state"));
        Assert.Equal(label, chip.TextContent);
        Assert.Equal(classes, chip.ClassName);
        Assert.Equal("true", chip.QuerySelector("svg")!.GetAttribute("aria-hidden"));
    }

    [Fact]
    public void Chips_AllFifteen_HaveShapesOfTheirOwn()
    {
        var shapes = StateLook
            .All.Select(l => Render<StateChip>(p => p.Add(c => c.State, l.Key)).Find("svg").InnerHtml)
            .ToArray();
        Assert.Equal(15, shapes.Distinct().Count());
    }

    [Fact]
    public void Solid_OnlyWhatNeedsAPersonOrFailed()
    {
        Assert.Equal(
            ["needs_approval", "failed"],
            StateLook.All.Where(l => l.Form == ChipForm.Solid).Select(l => l.Key)
        );
        Assert.Equal(["needs_approval"], StateLook.All.Where(l => l.Hue == "violet").Select(l => l.Key));
    }

    [Fact]
    public void Chip_StateChanges_IsDrawnAnew()
    {
        var chip = Render<StateChip>(p => p.Add(c => c.State, "running"));
        Assert.Contains("ac-icon--turning", chip.Markup);
        chip.Render(p => p.Add(c => c.State, "completed"));
        Assert.Equal("Completed", chip.Find("[data-state=completed]").TextContent);
        Assert.DoesNotContain("ac-icon--turning", chip.Markup);
    }

    [Fact]
    public void Chip_UnknownKey_ShowsItself() =>
        Assert.Equal(
            "hibernating",
            Render<StateChip>(p => p.Add(c => c.State, "hibernating")).Find("[data-state]").TextContent
        );
}
