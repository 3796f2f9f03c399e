using AgentControl.Agents.Documents;
using AgentControl.Engine.Workspaces;
using CsCheck;

namespace AgentControl.Engine.Tests.Documents;

public sealed class ResultNamesTests
{
    [Theory]
    [InlineData("CON", "CON_")]
    [InlineData("nul", "nul_")]
    [InlineData("aux.txt", "aux_.txt")]
    [InlineData("com1.tar.gz", "com1_.tar.gz")]
    [InlineData("Lpt9 . ", "Lpt9_")]
    [InlineData("PRN. . ", "PRN_")]
    [InlineData("console", "console")]
    [InlineData("com0.txt", "com0.txt")]
    [InlineData("com10", "com10")]
    [InlineData("nul-1.txt", "nul-1.txt")]
    public void For_NameOfADevice_IsMadeSafeAndOthersStay(string document, string expected) =>
        Assert.Equal([expected], ResultNames.For([document]));

    [Fact]
    public void For_AnyDocuments_GivesNamesThatTheWorkspaceTakes()
    {
        var device = OneOf("CON", "prn", "Aux", "nul", "com1", "COM9", "lpt5", "Lpt9");
        var ending = OneOf("", ".", " ", ". .", ".txt", " .txt", "..a", "/x", "\u200B", "_", "-2", "ı");
        var wide = OneOf("日", "𠀀", "é", "a.").Array[0, 130];
        Gen.Select(Gen.Int[0, 2], device, ending, wide, Gen.String[0, 130])
            .Select(
                (kind, name, end, letters, any) =>
                    kind switch
                    {
                        0 => name + end,
                        1 => string.Concat(letters),
                        _ => string.Concat(any.EnumerateRunes().Where(r => r.Value != 0xFFFD)),
                    }
            )
            .Array[0, 12]
            .Sample(documents =>
            {
                var names = ResultNames.For([.. documents, .. documents]);
                Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
                Assert.All(
                    names,
                    name => Assert.True(WorkspacePath.TryParse($"results/{name}.json", out _, out var why), why)
                );
            });
    }

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);
}
