using System.Text;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Approvals;
using AgentControl.Web.Workspaces;

namespace AgentControl.Web.Tests.Workspaces;

public sealed class WorkspaceViewsTests
{
    [Fact]
    public void Csv_QuotesAndBreaks_AreCells()
    {
        var table = CsvTable.Parse("a,\"b \"\"x\"\"\",c\r\n1,\"two\nlines\",\r\n,,3", 10);

        Assert.Equal(["a", "b \"x\"", "c"], table.Head);
        Assert.Equal<IEnumerable<string>>(
            [
                ["1", "two\nlines", ""],
                ["", "", "3"],
            ],
            table.Rows
        );
        Assert.False(table.Cut);
    }

    [Theory]
    [InlineData("a;b,c;d", 3)]
    [InlineData("a\tb\tc", 3)]
    [InlineData("one", 1)]
    [InlineData("", 0)]
    public void Csv_Separator_IsTheOneOfTheFirstLine(string text, int columns) =>
        Assert.Equal(columns, CsvTable.Parse(text, 10).Head.Count);

    [Theory]
    [InlineData(999, 999, false)]
    [InlineData(1000, 1000, false)]
    [InlineData(1001, 1000, true)]
    [InlineData(5000, 1000, true)]
    public void Csv_ManyRows_AreCutAndSaySo(int rows, int shown, bool cut)
    {
        var table = CsvTable.Parse("head\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i}\n")), 1000);

        Assert.Equal((shown, cut), (table.Rows.Count, table.Cut));
    }

    [Theory]
    [InlineData("text/plain", "a.txt", 10, PreviewKind.Text)]
    [InlineData("text/html", "a.html", 10, PreviewKind.Text)]
    [InlineData("image/svg+xml", "a.svg", 10, PreviewKind.Text)]
    [InlineData("text/markdown; charset=utf-8", "a.md", 10, PreviewKind.Markdown)]
    [InlineData("application/octet-stream", "a.MD", 10, PreviewKind.Markdown)]
    [InlineData("application/json", "a", 10, PreviewKind.Json)]
    [InlineData("text/csv", "a.csv", 10, PreviewKind.Table)]
    [InlineData("image/png", "a.png", 10, PreviewKind.Image)]
    [InlineData("application/octet-stream", "GPL-3", 10, PreviewKind.Text)]
    [InlineData("application/pdf", "a.pdf", 10, PreviewKind.Pdf)]
    [InlineData("application/zip", "a.zip", 10, PreviewKind.None)]
    [InlineData("text/plain", "a.txt", 5_000_001, PreviewKind.None)]
    public void PreviewKind_FromTypeNameAndSize(string type, string name, long size, PreviewKind expected) =>
        Assert.Equal(expected, PreviewRules.For(type, name, size));

    [Fact]
    public void SidePair_ChangedLines_StandBesideEachOther()
    {
        var pairs = SidePair.Of(LineDiff.Fold(LineDiff.Of("a\nb\nc\nd", "a\nB\nB2\nc\nd")));

        Assert.Equal(
            [("a", "a"), ("b", "B"), (null, "B2"), ("c", "c"), ("d", "d")],
            pairs.Select(p => (p.Left, p.Right))
        );
        Assert.Equal([false, true, true, false, false], pairs.Select(p => p.IsChange));
    }

    [Fact]
    public void PreviewText_Encodings_AreRead()
    {
        Assert.Equal("grün", PreviewText.Decode(Encoding.UTF8.GetBytes("grün"), false));
        Assert.Equal("grün", PreviewText.Decode([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("grün")], false));
        Assert.Equal(
            "grün",
            PreviewText.Decode([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("grün")], false)
        );
        Assert.Equal("grün", PreviewText.Decode(Encoding.Latin1.GetBytes("grün"), false));
        Assert.Equal("gr", PreviewText.Decode(Encoding.UTF8.GetBytes("grü")[..3], true));
        Assert.Equal("a", PreviewText.Decode(Encoding.UTF8.GetBytes("a😀")[..4], true));
        Assert.Equal("a😀", PreviewText.Decode(Encoding.UTF8.GetBytes("a😀"), true));
        Assert.Null(PreviewText.Decode([0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 1], false));
        Assert.Null(PreviewText.Decode([0xFF, 1, 2, 3, 0xFE], false));
    }

    [Fact]
    public void Address_OddNames_ComeBackAsTheyWere()
    {
        Assert.Equal("/workspace/a%20b/100%25%20%23.md?ws=acme&v=3", WorkspaceAddress.Page("acme", "a b/100% #.md", 3));
        Assert.Equal("/workspace/", WorkspaceAddress.Page("default", ""));
        Assert.Equal(
            "/api/v1/workspaces/default/files/%C3%A4?version=1&download=true",
            WorkspaceAddress.Bytes("default", "ä", 1, true)
        );
        Assert.Equal(["a/", "a/b/"], WorkspaceAddress.Folders("a/b/c.txt"));
        Assert.Equal(("c.txt", "b"), (WorkspaceAddress.Name("a/b/c.txt"), WorkspaceAddress.Name("a/b/")));
    }

    [Fact]
    public void Tree_OpenFolders_HaveChildrenAndClosedOnesNone()
    {
        var folders = new Dictionary<string, Page<FolderLine>>(StringComparer.Ordinal)
        {
            [""] = new([new("in", "in/", true), new("out", "out/", true), new("z", "z", false)], null),
            ["in/"] = new([new("a", "in/a", false)], "more"),
        };

        var roots = TreeNode.Build(folders);

        Assert.Equal(["in", "out", "z"], roots.Select(n => n.Name));
        Assert.Equal(["a", "More…"], roots[0].Children!.Select(n => n.Name));
        Assert.Equal("in/", roots[0].Children![1].MoreOf);
        Assert.Null(roots[1].Children);
    }
}
