using AgentControl.Web.Shared;
using Bunit;

namespace AgentControl.Web.Tests.Shared;

public sealed class MarkdownHtmlTests : UiContext
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<iframe src='https://evil.example'></iframe>")]
    [InlineData("<a href='javascript:alert(1)'>x</a>")]
    public void Html_Raw_IsShownAsText(string raw)
    {
        var prose = Render<SafeMarkdown>(p => p.Add(c => c.Text, raw)).Find(".ac-prose");
        Assert.Empty(prose.QuerySelectorAll("script, img, iframe, a, [onerror]"));
        Assert.Contains(raw, prose.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](data:text/html,hello)")]
    [InlineData("[x](vbscript:msgbox)")]
    [InlineData("[x](//evil.example/path)")]
    [InlineData("[x](file:///etc/passwd)")]
    public void Link_ToAnotherScheme_IsTextAlone(string markdown)
    {
        var prose = Render<SafeMarkdown>(p => p.Add(c => c.Text, markdown)).Find(".ac-prose");
        Assert.Empty(prose.QuerySelectorAll("a"));
        Assert.Equal("x", prose.TextContent.Trim());
    }

    [Fact]
    public void Link_Outside_ShowsItsHost()
    {
        var prose = Render<SafeMarkdown>(p => p.Add(c => c.Text, "[our bank](https://bank.example.org/login)"))
            .Find(".ac-prose");
        Assert.Equal("our bank (bank.example.org)", prose.TextContent.Trim());
        Assert.Contains("noopener", prose.QuerySelector("a")!.GetAttribute("rel"));
    }

    [Fact]
    public void Link_Inside_HasNoHost() =>
        Assert.Equal(
            "the job",
            Render<SafeMarkdown>(p => p.Add(c => c.Text, "[the job](/jobs/j_7Q2F)"))
                .Find(".ac-prose")
                .TextContent.Trim()
        );

    [Fact]
    public void Picture_FromElsewhere_WaitsForAClick()
    {
        var prose = Render<SafeMarkdown>(p => p.Add(c => c.Text, "![chart](https://pics.example.org/a.png)"))
            .Find(".ac-prose");
        Assert.Empty(prose.QuerySelectorAll("img"));
        Assert.Contains("pics.example.org", prose.QuerySelector(".ac-remote")!.TextContent);
        Assert.Equal("Load", prose.QuerySelector("button[data-load-picture]")!.TextContent);
    }

    [Theory]
    [InlineData("a\u202Eb", "a⟦U+202E⟧b")]
    [InlineData("a&#x202E;b", "a⟦U+202E⟧b")]
    [InlineData("`x\u200By`", "x⟦U+200B⟧y")]
    public void Text_WithOddCharacters_NamesThem(string markdown, string shown) =>
        Assert.Equal(
            shown,
            Render<SafeMarkdown>(p => p.Add(c => c.Text, markdown)).Find(".ac-prose").TextContent.Trim()
        );

    [Fact]
    public void Headings_OfContent_StandBelowThoseOfThePage()
    {
        var prose = Render<SafeMarkdown>(p => p.Add(c => c.Text, "# One\n\n## Two")).Find(".ac-prose");
        Assert.Empty(prose.QuerySelectorAll("h1, h2"));
        Assert.Equal("One", prose.QuerySelector("h3")!.TextContent);
    }

    [Fact]
    public void Table_AndList_AreKept()
    {
        var prose = Render<SafeMarkdown>(p => p.Add(c => c.Text, "| a | b |\n|---|---|\n| 1 | 2 |\n\n- x\n- y"))
            .Find(".ac-prose");
        Assert.Equal(4, prose.QuerySelectorAll("th, td").Length);
        Assert.Equal(2, prose.QuerySelectorAll("li").Length);
    }
}
