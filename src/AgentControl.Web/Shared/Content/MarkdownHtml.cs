using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ganss.Xss;
using Markdig;

namespace AgentControl.Web.Shared;

/// <summary>
/// Markdown of agents and people as harmless HTML: no raw HTML, no picture from elsewhere before a click, links with their host,
/// no address but http, https, mailto and this site's own paths, odd characters by number.
/// </summary>
internal static class MarkdownHtml
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseTaskLists()
        .UseAutoLinks()
        .UseEmphasisExtras()
        .Build();

    /// <param name="names">What stands behind an @ and names somebody, as it was written; it is marked.</param>
    public static string From(string markdown, IReadOnlyCollection<string>? names = null)
    {
        using var document = Sanitizer().SanitizeDom(Markdown.ToHtml(markdown, _pipeline));
        var body = document.Body!;
        if (names is { Count: > 0 })
            NamePieces.Mark(document, body, names);
        ShowOddCharacters(document, body);
        foreach (var heading in body.QuerySelectorAll("h1, h2, h3, h4, h5, h6").ToArray())
        {
            Demote(document, heading);
        }

        foreach (var image in body.QuerySelectorAll("img").ToArray())
        {
            ReplaceImage(document, image);
        }

        foreach (var link in body.QuerySelectorAll("a").ToArray())
        {
            NameHost(document, link);
        }

        return body.InnerHtml;
    }

    /// <summary>The host that a link leads to, "" for this site, null for an address that is refused.</summary>
    internal static string? Host(string? address)
    {
        if (
            string.IsNullOrWhiteSpace(address)
            || address.Contains('\\', StringComparison.Ordinal)
            || OddCharacters.Any(address)
        )
        {
            return null;
        }

        if (address[0] == '/' || address[0] == '#')
        {
            return address.StartsWith("//", StringComparison.Ordinal) ? null : "";
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? uri.Scheme switch
            {
                "http" or "https" => uri.IdnHost,
                "mailto" => uri.AbsoluteUri["mailto:".Length..],
                _ => null,
            }
            : null;
    }

    private static HtmlSanitizer Sanitizer()
    {
        var sanitizer = new HtmlSanitizer();
        sanitizer.AllowedTags.Clear();
        sanitizer.AllowedTags.UnionWith([
            "p",
            "br",
            "hr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "strong",
            "em",
            "del",
            "sub",
            "sup",
            "ins",
            "mark",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "a",
            "img",
            "input",
        ]);
        sanitizer.AllowedAttributes.Clear();
        sanitizer.AllowedAttributes.UnionWith(["href", "src", "alt", "start", "type", "checked", "disabled"]);
        sanitizer.AllowedSchemes.Clear();
        sanitizer.AllowedSchemes.UnionWith(["http", "https", "mailto"]);
        sanitizer.AllowedCssProperties.Clear();
        return sanitizer;
    }

    private static void ShowOddCharacters(IDocument document, INode root)
    {
        foreach (var text in root.Descendants<IText>().Where(t => OddCharacters.Any(t.Data)).ToArray())
        {
            var pieces = OddCharacters
                .Pieces(text.Data)
                .Select(p =>
                    p.IsOdd ? Element(document, "span", "ac-odd-char", p.Text) : (INode)document.CreateTextNode(p.Text)
                );
            text.Replace([.. pieces]);
        }
    }

    // The page has one h1 and its panels have h2: headings of content stand below both.
    private static void Demote(IDocument document, IElement heading)
    {
        var lower = document.CreateElement($"h{Math.Min(6, heading.LocalName[1] - '0' + 2)}");
        lower.Append([.. heading.ChildNodes]);
        heading.Replace(lower);
    }

    private static void ReplaceImage(IDocument document, IElement image)
    {
        var source = image.GetAttribute("src");
        var host = Host(source);
        var alt = OddCharacters.Shown(image.GetAttribute("alt") ?? "");
        if (host is null || host.Contains('@', StringComparison.Ordinal))
        {
            image.Replace(document.CreateTextNode(alt));
            return;
        }

        var holder = Element(
            document,
            "span",
            "ac-remote",
            host.Length == 0 ? $"Picture {alt} " : $"Picture {alt} at {host} "
        );
        holder.SetAttribute("data-src", source!);
        holder.SetAttribute("data-alt", alt);
        var load = Element(document, "button", "", "Load");
        load.SetAttribute("type", "button");
        load.SetAttribute("data-load-picture", "");
        holder.AppendChild(load);
        image.Replace(holder);
    }

    private static void NameHost(IDocument document, IElement link)
    {
        var host = Host(link.GetAttribute("href"));
        if (host is null)
        {
            link.Replace([.. link.ChildNodes]);
            return;
        }

        if (host.Length == 0)
        {
            return;
        }

        link.SetAttribute("rel", "noopener noreferrer nofollow");
        link.SetAttribute("target", "_blank");
        var shown = Element(
            document,
            "span",
            "ac-prose__host",
            $" ({OddCharacters.Shown(WebUtility.UrlDecode(host))})"
        );
        link.Parent!.InsertBefore(shown, link.NextSibling);
    }

    private static IElement Element(IDocument document, string name, string className, string text)
    {
        var element = document.CreateElement(name);
        if (className.Length > 0)
        {
            element.ClassName = className;
        }

        element.TextContent = text;
        return element;
    }
}
