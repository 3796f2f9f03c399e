using AgentControl.Web.Approvals;
using Xunit;

namespace AgentControl.Web.Tests.Pages;

public sealed class LineDiffTests
{
    private static string Show(IReadOnlyList<DiffLine> lines) =>
        string.Join(
            '|',
            lines.Select(l =>
                (
                    l.Kind switch
                    {
                        DiffKind.Same => " ",
                        DiffKind.Removed => "-",
                        DiffKind.Added => "+",
                        _ => $"…{l.Count}",
                    }
                ) + l.Text
            )
        );

    [Theory]
    [InlineData("a\nb\nc", "a\nb\nc", " a| b| c", 0)]
    [InlineData("a\nb\nc", "a\nx\nc", " a|-b|+x| c", 1)]
    [InlineData("a\nb", "a\nb\nc", " a| b|+c", 1)]
    [InlineData("a\nb\nc\nd\ne", "a\nc\nd\ny\ne", " a|-b| c| d|+y| e", 2)]
    [InlineData("a\r\nb", "a\nb", " a| b", 0)]
    public void Of_TwoTexts_ShowsWhatChanged(string before, string after, string shown, int changes)
    {
        var diff = LineDiff.Of(before, after);

        Assert.Equal(shown, Show(diff));
        Assert.Equal(changes, LineDiff.Changes(diff));
    }

    [Fact]
    public void Of_AnyTwoTexts_GivesBothBack()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var before = string.Join('\n', Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4)));
            var after = string.Join('\n', Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4)));

            var diff = LineDiff.Of(before, after);

            Assert.Equal(before, string.Join('\n', diff.Where(l => l.Kind != DiffKind.Added).Select(l => l.Text)));
            Assert.Equal(after, string.Join('\n', diff.Where(l => l.Kind != DiffKind.Removed).Select(l => l.Text)));
        }
    }

    [Fact]
    public void Fold_FarFromChanges_LeavesOutAndCounts()
    {
        var before = string.Join('\n', Enumerable.Range(1, 20));
        var diff = LineDiff.Fold(LineDiff.Of(before, before.Replace("10", "ten", StringComparison.Ordinal)));

        Assert.Equal("…6| 7| 8| 9|-10|+ten| 11| 12| 13|…7", Show(diff));
    }
}
