using System.Text;
using AgentControl.Agents.Documents;
using CsCheck;

namespace AgentControl.Core.Tests.Documents;

public sealed class SummaryTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49 30", "'+49 30")]
    [InlineData("-5", "'-5")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("  =1+1", "'  =1+1")]
    [InlineData("\tx", "'\tx")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("", "")]
    public void Cell_Text_IsQuotedAndNoFormula(string text, string cell) => Assert.Equal(cell, CsvText.Cell(text));

    [Fact]
    public void Row_AnyCells_ReadsBackToTheSameCells() =>
        Gen.String[Gen.Char["ab,\"\r\n =;"], 0, 12]
            .Array[1, 5]
            .Sample(cells =>
            {
                var csv = new StringBuilder();
                CsvText.AppendRow(csv, cells);
                var read = ReadRow(csv.ToString());
                Assert.Equal(cells, read.Select((cell, i) => cell.Length > cells[i].Length ? cell[1..] : cell));
            });

    [Theory]
    [InlineData("a | b", "a \\| b")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))")]
    [InlineData("two\n   lines\u0007", "two lines")]
    [InlineData("*bold* `code`", "\\*bold\\* \\`code\\`")]
    public void Line_Text_IsTextInMarkdown(string text, string markdown) =>
        Assert.Equal(markdown, MarkdownText.Line(text));

    [Fact]
    public void Line_TooLong_IsCutWithAMark() => Assert.Equal("😀😀…", MarkdownText.Line("😀😀😀", 2));

    [Fact]
    public void Names_AnyDocuments_AreSafeAndDistinct() =>
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char["aA./\\ -:*?\0é"]), 0, 130]
            .Array[0, 20]
            .Sample(documents =>
            {
                var valid = documents.Select(d => new string([.. d.Where(c => !char.IsSurrogate(c))])).ToList();
                var names = ResultNames.For(valid);
                Assert.Equal(valid.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
                Assert.All(
                    names,
                    name =>
                    {
                        Assert.InRange(name.Length, 1, 110);
                        Assert.DoesNotContain('/', name);
                        Assert.DoesNotContain('\\', name);
                        Assert.NotEqual('.', name[0]);
                    }
                );
            });

    [Fact]
    public void Names_Repeated_CountUp() =>
        Assert.Equal(
            ["a.txt", "a.txt-2", "a.txt-2-2", "A.TXT-3"],
            ResultNames.For(["a.txt", "a.txt", "a.txt-2", "A.TXT"])
        );

    private static List<string> ReadRow(string row)
    {
        Assert.EndsWith("\r\n", row, StringComparison.Ordinal);
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        foreach (var (c, next) in row[..^2].Zip(row[1..]))
        {
            if (c == '"' && quoted && next == '"' && !Escaping(cell))
            {
                cell.Append('\uE000');
            }
            else if (c == '"' && Escaping(cell))
            {
                cell[^1] = '"';
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }

    /// <summary>The mark of the first of two quotes.</summary>
    private static bool Escaping(StringBuilder cell) => cell.Length > 0 && cell[^1] == '\uE000';
}
