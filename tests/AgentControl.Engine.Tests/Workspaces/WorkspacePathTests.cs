using AgentControl.Engine.Workspaces;
using CsCheck;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class WorkspacePathTests
{
    [Theory]
    [InlineData("a.txt")]
    [InlineData("inbox/Lease (final).txt")]
    [InlineData("Groß/ÄÖÜ/日本.md")]
    [InlineData("a/..b/c..d/.hidden")]
    [InlineData("100%.txt")]
    [InlineData("50%25 off.txt")]
    [InlineData("item:doc-17.json")]
    public void TryParse_OrdinaryName_IsTaken(string name)
    {
        Assert.True(WorkspacePath.TryParse(name, out var path, out var problem), problem);
        Assert.Equal(name.Normalize(), path.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/./b")]
    [InlineData("a/.../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\..\\b")]
    [InlineData("C:\\x")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("\u202Efdp.exe")]
    [InlineData("a\u200Bb")]
    [InlineData("a\uD800b")]
    [InlineData("a\uFFFFb")]
    [InlineData("%2e%2e/x")]
    [InlineData("%2E./x")]
    [InlineData("a%2f..%2fb")]
    [InlineData("a%5cb")]
    [InlineData("a%00b")]
    [InlineData("con")]
    [InlineData("x/NUL.txt")]
    [InlineData("a. ")]
    [InlineData("dot.")]
    [InlineData(" a")]
    public void TryParse_NameThatLeavesOrHides_IsRefusedWithASentence(string? name)
    {
        Assert.False(WorkspacePath.TryParse(name, out _, out var problem));
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_LongNames_AreBoundedInBytes()
    {
        Assert.True(WorkspacePath.TryParse(new string('a', 255), out _, out _));
        Assert.False(WorkspacePath.TryParse(new string('a', 300), out _, out _));
        Assert.False(WorkspacePath.TryParse(new string('ä', 128), out _, out _));
        Assert.False(WorkspacePath.TryParse(string.Join('/', Enumerable.Repeat("abcdefghi", 110)), out _, out _));
        Assert.False(WorkspacePath.TryParse(string.Join('/', Enumerable.Repeat("a", 33)), out _, out _));
    }

    [Fact]
    public void TryParse_DecomposedName_IsComposedAndKeepsItsCase()
    {
        Assert.True(WorkspacePath.TryParse("Cafe\u0301/README.md", out var path, out _));
        Assert.Equal("Café/README.md", path.Value);
        Assert.Equal("README.md", path.Name);
        Assert.Equal("Café/", path.Folder);
    }

    [Fact]
    public void TryParse_AnyText_WhatIsTakenStaysInsideAndParsesToItself() =>
        Gen
            .String.Array[1, 4]
            .Select(parts => string.Join('/', parts))
            .Sample(
                text =>
                {
                    if (!WorkspacePath.TryParse(text, out var path, out _))
                        return true;
                    var onDisk = Path.GetFullPath("/folder/" + path.Value);
                    return onDisk.StartsWith("/folder/", StringComparison.Ordinal)
                        && WorkspacePath.TryParse(path.Value, out var again, out _)
                        && again == path;
                },
                iter: 2000
            );

    [Theory]
    [InlineData("", true)]
    [InlineData("inbox/", true)]
    [InlineData("inb", true)]
    [InlineData("../", false)]
    [InlineData("/x", false)]
    [InlineData("a\0", false)]
    public void IsPrefix_Text_IsJudged(string prefix, bool good) => Assert.Equal(good, WorkspacePath.IsPrefix(prefix));

    [Fact]
    public void VirtualName_OnlyTheProgramsNames()
    {
        var job = Guid.Parse("0192aaaa-0000-7000-8000-000000000001");
        Assert.Equal(new VirtualName(job, null), VirtualName.From(VirtualName.Progress(job)));
        Assert.Equal(new VirtualName(job, "a/b"), VirtualName.From(VirtualName.Checkpoint(job, "a/b")));
        Assert.Null(VirtualName.From($"jobs/{job}/results/a.json"));
        Assert.Null(VirtualName.From($"jobs/{job}/checkpoints/.json"));
        Assert.Null(VirtualName.From("jobs/x/progress.json"));
        Assert.Null(VirtualName.From($"jobs/{job}"));
    }
}
