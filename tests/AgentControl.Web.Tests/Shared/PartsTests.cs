using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Tests.Shared;

public sealed class PartsTests : UiContext
{
    private sealed record Line(int Id, string Text);

    [Fact]
    public void Time_Relative_KeepsUtcForMachines()
    {
        var time = Render<AcTime>(p =>
            p.Add(c => c.At, Clock.GetUtcNow().AddMinutes(-3).ToOffset(TimeSpan.FromHours(9)))
        );
        Assert.Equal("2026-11-21T14:29:07.000Z", time.Find("ac-time > time").GetAttribute("datetime"));
        Assert.Equal("3 min ago", time.Find("time").TextContent);
    }

    [Fact]
    public void Duration_Unknown_IsADash() => Assert.Equal("–", Render<AcDuration>().Find("span").TextContent);

    [Fact]
    public void Duration_StillGoing_TicksInTheBrowser() =>
        Assert.Equal(
            "elapsed",
            Render<AcDuration>(p => p.Add(c => c.Since, Clock.GetUtcNow().AddHours(-1)))
                .Find("ac-time")
                .GetAttribute("form")
        );

    [Fact]
    public void Progress_Known_HasNameAndValueButNoLiveRegion()
    {
        var bar = Render<AcProgress>(p => p.Add(c => c.Percent, 62.7).Add(c => c.Label, "Progress of invoice-118"))
            .Find("[role=progressbar]");
        Assert.Equal("Progress of invoice-118", bar.GetAttribute("aria-label"));
        Assert.Equal("62", bar.GetAttribute("aria-valuenow"));
        Assert.False(bar.HasAttribute("aria-live"));
    }

    [Fact]
    public void Progress_Unknown_SaysSo()
    {
        var progress = Render<AcProgress>(p => p.Add(c => c.Percent, null).Add(c => c.Label, "x"));
        Assert.False(progress.Find("[role=progressbar]").HasAttribute("aria-valuenow"));
        Assert.Equal("–", progress.Find(".ac-progress__text").TextContent);
    }

    [Fact]
    public void Table_OneRowChanges_DrawsThatRowAlone()
    {
        var drawn = new List<int>();
        RenderFragment Cells(Line line) =>
            b =>
            {
                drawn.Add(line.Id);
                b.AddMarkupContent(0, $"<td>{line.Text}</td>");
            };
        var table = Render<AcTable<Line>>(p =>
            Rows(p, [new(1, "a"), new(2, "b"), new(3, "c")]).Add(c => c.RowTemplate, Cells)
        );
        Assert.Equal([1, 2, 3], drawn);

        drawn.Clear();
        table.Render(p => Rows(p, [new(1, "a"), new(2, "B"), new(3, "c")]).Add(c => c.RowTemplate, Cells));
        Assert.Equal([2], drawn);
        Assert.Equal(["a", "B", "c"], table.FindAll("[data-testid=line] td").Select(c => c.TextContent));
    }

    [Fact]
    public void Table_RowStateChanges_DrawsTheRow()
    {
        var ticked = false;
        var table = Render<AcTable<Line>>(p =>
            Rows(p, [new(1, "a")])
                .Add(c => c.RowTemplate, _ => b => b.AddMarkupContent(0, $"<td>{ticked}</td>"))
                .Add(c => c.RowState, _ => ticked)
        );
        ticked = true;
        table.Render(p => p.Add(c => c.Caption, "Lines"));
        Assert.Equal("True", table.Find("td").TextContent);
    }

    [Fact]
    public void Icon_Unknown_NamesTheRemedy()
    {
        var error = Assert.Throws<ArgumentException>(() => Render<AcIcon>(p => p.Add(c => c.Name, "unicorn")));
        Assert.Contains("IconShapes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Icon_WithLabel_IsAnImageForReaders()
    {
        var icon = Render<AcIcon>(p => p.Add(c => c.Name, "hand").Add(c => c.Label, "Needs you")).Find("svg");
        Assert.Equal("img", icon.GetAttribute("role"));
        Assert.Equal("Needs you", icon.GetAttribute("aria-label"));
        Assert.False(icon.HasAttribute("aria-hidden"));
    }

    [Fact]
    public void Empty_SaysWhyAndOffersOneAction()
    {
        var empty = Render<EmptyState>(p =>
            p.Add(c => c.Text, "No jobs yet.").AddChildContent("<a href='/jobs/new'>New job</a>")
        );
        Assert.Equal("No jobs yet.", empty.Find("p").TextContent);
        Assert.Equal("/jobs/new", empty.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void Error_HasIdAndTriesAgain()
    {
        var tried = 0;
        var panel = Render<ErrorPanel>(p =>
            p.Add(c => c.Text, "Jobs could not be loaded.")
                .Add(c => c.ErrorId, "E-4F2A")
                .Add(c => c.DataFrom, Clock.GetUtcNow())
                .Add(c => c.OnRetry, () => tried++)
        );
        Assert.Contains("Jobs could not be loaded. (E-4F2A)", panel.Markup, StringComparison.Ordinal);
        Assert.NotNull(panel.Find("ac-time"));
        panel.Find("button").Click();
        Assert.Equal(1, tried);
    }

    [Fact]
    public void Boundary_PartFails_ShowsThePanelUntilTriedAgain()
    {
        var broken = true;
        RenderFragment part = b => b.AddContent(0, broken ? throw new InvalidOperationException("broken") : "fine");
        var boundary = Render<PanelBoundary>(p => p.AddChildContent(part));
        Assert.Matches("E-[0-9A-F]{4}", boundary.Find("[data-testid=error-panel]").TextContent);
        broken = false;
        boundary.Find("button").Click();
        Assert.Equal("fine", boundary.Markup.Trim());
    }

    [Fact]
    public void Skeleton_HasTheRowsToCome() =>
        Assert.Equal(7, Render<AcSkeleton>(p => p.Add(c => c.Rows, 7)).FindAll(".ac-skeleton__row").Count);

    private static ComponentParameterCollectionBuilder<AcTable<Line>> Rows(
        ComponentParameterCollectionBuilder<AcTable<Line>> p,
        IReadOnlyList<Line> rows
    ) =>
        p.Add(c => c.Rows, rows)
            .Add(c => c.RowKey, l => l.Id)
            .Add(c => c.Caption, "Lines")
            .Add(c => c.RowTestId, "line")
            .Add(c => c.Head, "<th>Text</th>");
}
