using AgentControl.Web.Shared;
using Bunit;

namespace AgentControl.Web.Tests.Shared;

public sealed class ContentTests : UiContext
{
    [Fact]
    public void UntrustedText_Long_IsFoldedWithItsLength()
    {
        var text = new string('x', 1_000_000);
        var shown = Render<UntrustedText>(p => p.Add(c => c.Text, text));
        Assert.Equal(2_001, shown.Find(".ac-untrusted").TextContent.Length);
        var more = shown.Find("button");
        Assert.Equal("Show all 1,000,000 characters", more.TextContent);
        more.Click();
        Assert.Equal(text, shown.Find(".ac-untrusted").TextContent);
    }

    [Fact]
    public void UntrustedText_Odd_IsNamedAndMarked()
    {
        var shown = Render<UntrustedText>(p => p.Add(c => c.Text, "pay\u202Eexe\u0007"));
        Assert.Equal("pay⟦U+202E⟧exe⟦U+0007⟧", shown.Find(".ac-untrusted").TextContent);
        Assert.Equal(2, shown.FindAll(".ac-odd-char").Count);
    }

    [Fact]
    public void UntrustedText_Markup_StaysText() =>
        Assert.Equal(
            "<b>x</b>",
            Render<UntrustedText>(p => p.Add(c => c.Text, "<b>x</b>")).Find(".ac-untrusted").TextContent
        );

    [Fact]
    public void Json_Deep_OpensLevelByLevel()
    {
        var view = Render<JsonView>(p =>
            p.Add(c => c.Json, """{"a":1,"b":{"c":{"d":"x"}}}""").Add(c => c.OpenDepth, 1)
        );
        Assert.Contains("a: 1", Words(view), StringComparison.Ordinal);
        Assert.DoesNotContain("c:", Words(view), StringComparison.Ordinal);
        view.Find("li li .ac-json__fold").Click();
        Assert.Contains("c:", Words(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_LongArray_ComesByHundreds()
    {
        var view = Render<JsonView>(p => p.Add(c => c.Json, $"[{string.Join(',', Enumerable.Range(0, 250))}]"));
        Assert.Equal(101, view.FindAll("ul ul > li").Count);
        view.Find("ul ul > li:last-child button").Click();
        Assert.Equal(201, view.FindAll("ul ul > li").Count);
    }

    [Fact]
    public void Json_ThatIsNone_IsShownAsItIs() =>
        Assert.Equal(
            "not { json",
            Render<JsonView>(p => p.Add(c => c.Json, "not { json")).Find(".ac-untrusted").TextContent
        );

    [Fact]
    public void Tree_Roles_AndOneTabStop()
    {
        var tree = Render<AcTree<string>>(p =>
            p.Add(c => c.Items, ["acme", "beta"])
                .Add(c => c.Key, s => s)
                .Add(c => c.Text, s => s)
                .Add(c => c.HasChildren, s => s.Length == 4)
                .Add(c => c.Children, s => [s + "/x"])
                .Add(c => c.Label, "Files")
        );
        Assert.Equal("Files", tree.Find("[role=tree]").GetAttribute("aria-label"));
        Assert.Equal(["0", "-1"], tree.FindAll("[role=treeitem]").Select(i => i.GetAttribute("tabindex")));
        Assert.Equal("false", tree.Find("[role=treeitem]").GetAttribute("aria-expanded"));

        tree.Find("[data-tree-fold]").Click();
        Assert.Equal("true", tree.Find("[role=treeitem]").GetAttribute("aria-expanded"));
        Assert.Equal(
            ["acme", "acme/x", "beta"],
            tree.FindAll("[role=treeitem]").Select(i => i.GetAttribute("aria-label"))
        );
        Assert.Equal("2", tree.FindAll("[role=treeitem]")[1].GetAttribute("aria-level"));
    }

    [Fact]
    public void Tree_Row_Selects()
    {
        string? selected = null;
        var tree = Render<AcTree<string>>(p =>
            p.Add(c => c.Items, ["acme", "beta"])
                .Add(c => c.Key, s => s)
                .Add(c => c.Text, s => s)
                .Add(c => c.HasChildren, _ => false)
                .Add(c => c.Children, _ => null)
                .Add(c => c.Label, "Files")
                .Add(c => c.SelectedChanged, s => selected = s)
        );
        tree.FindAll("[data-tree-select]")[1].Click();
        Assert.Equal("beta", selected);
    }

    private static string Words(IRenderedComponent<JsonView> view) =>
        string.Join(' ', view.Find(".ac-json").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
