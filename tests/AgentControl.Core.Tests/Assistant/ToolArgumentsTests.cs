using System.Text.Json;
using AgentControl.Agents.Assistant;
using AgentControl.Agents.Assistant.Tools;
using AgentControl.Agents.Web;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Core.Tests.Assistant;

public sealed class ToolArgumentsTests
{
    private static readonly JsonElement _any = JsonElement.Parse("""{"type":"object"}""");
    private static readonly JsonElement _given = JsonElement.Parse("""{"path":"a.txt","text":"Grüße"}""");

    [Fact]
    public void Open_WithTheFingerprintOfItsText_GivesTheArguments()
    {
        var arguments = ToolArguments.Of(_given);
        Assert.Contains("Grüße", arguments.Text, StringComparison.Ordinal);
        Assert.Equal("Grüße", arguments.Open(arguments.Sha256).GetProperty("text").GetString());
    }

    [Fact]
    public void Open_WithAnotherFingerprint_IsRefused()
    {
        var approved = ToolArguments.Of(JsonElement.Parse("""{"path":"a.txt","text":"Gruße"}""")).Sha256;
        var refused = Assert.Throws<PermanentFailureException>(() => ToolArguments.Of(_given).Open(approved));
        Assert.Equal("approvedOtherwise", refused.Type);
    }

    [Theory]
    [InlineData("""{"a":1}""", "1")]
    [InlineData("""  "{\"a\": 1}" """, "1")]
    public void Edited_ObjectOrItsText_IsTaken(string value, string a) =>
        Assert.Equal(a, ToolArguments.Edited(JsonElement.Parse(value), _any)!.Open(null).GetProperty("a").GetRawText());

    [Theory]
    [InlineData("\"not json\"")]
    [InlineData("\"[1]\"")]
    [InlineData("3")]
    [InlineData("null")]
    public void Edited_AnythingElse_IsNone(string value) =>
        Assert.Null(ToolArguments.Edited(JsonElement.Parse(value), _any));

    [Fact]
    public void Schema_MemberThatTakesAnyJson_HasItsWordsAndTakesIt()
    {
        var shape = new ToolShape<StashArguments>();
        Assert.Equal(
            """{"description":"What to keep: a text or any JSON."}""",
            shape.Schema.GetProperty("properties").GetProperty("value").GetRawText()
        );
        foreach (var value in new[] { "null", "1", "\"a\"", "[1]", "{\"a\":null}" })
            Assert.NotNull(shape.Read(JsonElement.Parse($$"""{"key":"k","value":{{value}}}""")).Value);
        Assert.Null(shape.Read(JsonElement.Parse("""{"key":"k"}""")).Value);
    }

    [Theory]
    [InlineData("ftp://example.com/a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//example.com")]
    [InlineData("/etc/passwd")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("gopher://example.com")]
    [InlineData("")]
    [InlineData(null)]
    public void Problem_UrlThatIsNotFetched_IsTold(string? url) => Assert.NotNull(GuardedFetch.Problem(url, out _));

    [Theory]
    [InlineData("1 &lt; 2 and 1 < 2 or 2 > 1", "1 < 2 and 1 < 2 or 2 > 1")]
    [InlineData("a<!-- <p>no</p> -->b<!-- open <p>c", "a b c")]
    [InlineData("<SCRIPT src='x'>a < b</Script \n>seen<script>left <b>open", "seen left open")]
    [InlineData("<p>one</p><!DOCTYPE html><?php ?>two <scripted>three</scripted>", "one\ntwo three")]
    [InlineData("<ul><li>a<li>b</ul>\u00a0 \t c <header>d</header>", "a\nb\nc\nd")]
    [InlineData("text <p", "text <p")]
    [InlineData("<!-->", "")]
    [InlineData("", "")]
    public void Of_Html_IsWhatPeopleRead(string html, string text) =>
        Assert.Equal(text, PageText.Of(System.Text.Encoding.UTF8.GetBytes(html), "text/html", null));

    [Theory]
    [InlineData("<")]
    [InlineData("<a ")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("<svg></svg ")]
    [InlineData("<style")]
    [InlineData("<p>")]
    [InlineData("</")]
    [InlineData(" \n\t")]
    [InlineData("&lt")]
    public async Task Of_JunkOfFiveMegabytes_IsReadInOneGo(string junk)
    {
        var html = string.Concat(Enumerable.Repeat(junk, 5_000_000 / junk.Length)) + "><p>the end</p>";

        var text = await Task.Run(
                () => PageText.Of(System.Text.Encoding.UTF8.GetBytes(html), "text/html", null),
                TestContext.Current.CancellationToken
            )
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.EndsWith("the end", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Page_IsItsTextWithoutTagsAndScripts()
    {
        const string Html =
            "<html><head><title>T</title><style>p{}</style></head><body><h1>Big &amp; bold</h1><script>evil()</script><p>One<br>two <b>three</b></p><!-- no --></body></html>";
        Assert.Equal(
            "Big & bold\nOne\ntwo three",
            PageText.Of(System.Text.Encoding.UTF8.GetBytes(Html), "text/html", "utf-8")
        );
        Assert.Null(PageText.Of([0x89, 0x50, 0, 1], "image/png", null));
        Assert.Null(PageText.Of([65, 0, 66], "text/plain", null));
    }
}
