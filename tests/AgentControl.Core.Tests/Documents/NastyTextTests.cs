using System.Diagnostics;
using AgentControl.Agents.Documents;
using CsCheck;

namespace AgentControl.Core.Tests.Documents;

/// <summary>Whatever the text, positions hold and the time stays linear in its length.</summary>
public sealed class NastyTextTests
{
    private const int Length = 256 * 1024;

    /// <summary>What a text may take on a slow machine that does other work too; a rule that backtracks takes minutes.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    private static readonly string[] Fragments =
    [
        "1 March 2025",
        "31/02/2025",
        "99.99.9999",
        "2025-13-45",
        "£1,000",
        "$",
        "EUR",
        "1'000.–",
        "(the \"",
        "“",
        "”",
        "\")",
        "((((",
        "))))",
        "§ ",
        "ARTICLE IX\n",
        "1.1.1.1 ",
        "\n",
        "\n\n",
        "    ",
        "law of ",
        "Governed by the laws of",
        "between",
        "and",
        " Ltd",
        "Ltd.",
        "A",
        "Z.",
        "…",
        "é",
        "漢字",
        "😀",
        "\ud83d",
        "\u202e",
        "\t",
        "\r\n",
        "term of ten years",
        "means",
        "Dear Ann",
        "confidential ",
        "WHEREAS",
        "liable",
        "-----",
        "....",
        "___",
        "\u0001",
        "\ufeff",
        "\u2028",
        "9999999999999999999999",
        "99999999999999999 billion €",
    ];

    [Fact]
    public void Analyse_RandomFragments_PositionsHold() =>
        Gen.Int[0, Fragments.Length - 1]
            .Select(index => Fragments[index])
            .Array[0, 120]
            .Sample(
                parts =>
                {
                    var text = string.Concat(parts);
#pragma warning disable xUnit1031, VSTHRD002 // The analyser is done when it returns: nothing is waited for.
                    FindingAssert.PositionsHold(
                        text,
                        OfflineDocumentAnalyserTests.Analyse("nasty", text).GetAwaiter().GetResult()
                    );
#pragma warning restore xUnit1031, VSTHRD002
                },
                iter: 1_000
            );

    [Theory]
    [InlineData("A ")]
    [InlineData("1. ")]
    [InlineData("1.1 A.\n")]
    [InlineData("(\"")]
    [InlineData("“A” and ")]
    [InlineData("between A B, ")]
    [InlineData("one hundred and ")]
    [InlineData("1,000")]
    [InlineData("law of The ")]
    [InlineData("Upper Case\n\n")]
    [InlineData("may not be liable ")]
    [InlineData("shall assign, keep secret and hold ")]
    [InlineData("five years ")]
    [InlineData("\n")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("aaaaaaaaaa")]
    public async Task Analyse_LongTextOfOneFragment_TakesBoundedTime(string fragment)
    {
        var text = string.Concat(Enumerable.Repeat(fragment, Length / fragment.Length));
        var watch = Stopwatch.StartNew();
        var findings = await OfflineDocumentAnalyserTests.Analyse("long", text);
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds} ms for {text.Length} characters");
        Assert.True(watch.Elapsed < Most, $"'{fragment}' took {watch.Elapsed}");
        FindingAssert.PositionsHold(text, findings);
    }

    [Fact]
    public async Task Analyse_LegalTextsOfThisMachine_PositionsHoldInBoundedTime()
    {
        var files = LegalTexts().ToList();
        Assert.SkipWhen(files.Count == 0, "This machine has no /usr/share/common-licenses and no /usr/share/doc.");
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            var reading = DocumentReader.Read(file, bytes);
            if (reading.Document is not { } document)
            {
                Assert.False(string.IsNullOrWhiteSpace(reading.Reason));
                continue;
            }

            var watch = Stopwatch.StartNew();
            var findings = await OfflineDocumentAnalyserTests.Analyse(file, document.Text);
            Assert.True(watch.Elapsed < Most, $"{file} took {watch.Elapsed}");
            if (watch.ElapsedMilliseconds > 200)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"{file}: {document.Text.Length} characters in {watch.ElapsedMilliseconds} ms"
                );
            }

            FindingAssert.PositionsHold(document.Text, findings);
        }
    }

    /// <summary>All common licences, and every few copyright files, so that the sample spreads.</summary>
    private static IEnumerable<string> LegalTexts()
    {
        var licences = Directory.Exists("/usr/share/common-licenses")
            ? Directory.GetFiles("/usr/share/common-licenses")
            : [];
        var packages = Directory.Exists("/usr/share/doc") ? Directory.GetDirectories("/usr/share/doc") : [];
        var copyrights = packages
            .Order(StringComparer.Ordinal)
            .Select(folder => Path.Combine(folder, "copyright"))
            .Where(File.Exists)
            .ToList();
        return licences.Concat(copyrights.Where((_, index) => index % Math.Max(1, copyrights.Count / 60) == 0));
    }
}
