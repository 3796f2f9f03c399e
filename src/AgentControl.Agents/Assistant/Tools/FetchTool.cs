using System.ComponentModel;
using System.Globalization;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;

namespace AgentControl.Agents.Assistant.Tools;

public sealed record FetchArguments(
    [property: Description("The whole URL, with http:// or https://.")] string Url,
    [property: Description("From which character on, for pages that are longer than one answer shows.")] int From = 0
);

/// <summary>A page of the public internet. Each host is a service of its own: where one is down, the others are still read.</summary>
internal sealed class FetchTool(Func<GuardedFetch> web) : AssistantTool<FetchArguments>
{
    private const int LongestUrl = 2_000;
    private const int Note = 300;

    public override string Name => "fetch";

    public override string Description =>
        "Reads a page or a text from the web with GET. Pages come as text without their markup.";

    public override ToolPolicy Policy => ToolPolicy.Ask;

    protected override async Task<ToolResult> RunAsync(FetchArguments arguments, ToolRun run)
    {
        if (arguments.Url.Length > LongestUrl)
            return ToolResult.Error($"A URL has at most {LongestUrl} characters.");
        if (GuardedFetch.Problem(arguments.Url, out var url) is { } problem)
            return ToolResult.Error(problem);
        var room = run.Definition.ResultCharacters - Note;
        var part = await run.Job.StepAsync(
            "fetch",
            async call => Part(await web().GetAsync(url!, call), arguments.From, room),
            new StepOptions
            {
                Kind = "tool",
                Service = GuardedFetch.ServiceOf(url!),
                Detail = url!.GetLeftPart(UriPartial.Path),
            }
        );
        return new(part.Text, part.IsError);
    }

    /// <summary>What of the page is recorded and shown.</summary>
    private static ToolResult Part(FetchedPage page, int from, int room)
    {
        if (page.Problem is { } problem)
            return ToolResult.Error($"{page.Url} was not fetched. {problem}");
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{page.Url} answered {page.Status} ({page.ContentType}, {page.Bytes} bytes{(page.Whole ? "" : ", cut")})"
        );
        var isError = page.Status is < 200 or >= 300;
        if (page.Text is not { } text)
            return new($"{head}. It is no text.", isError);
        from = Math.Clamp(from, 0, text.Length);
        var end = ToolDesk.Whole(text, Math.Min(text.Length, from + room));
        var rest =
            end < text.Length
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"\n[{text.Length} characters in all. Read on with \"from\": {end}.]"
                )
                : "";
        return new($"{head}:\n{text[from..end]}{rest}", isError);
    }
}
