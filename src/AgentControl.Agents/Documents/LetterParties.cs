using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>The two parties of a letter: its head, and whom it is addressed to.</summary>
internal static partial class LetterParties
{
    private const int Timeout = 10_000;

    public static void Find(string text, int salutation, List<Finding> found)
    {
        var lines = TextLine.Split(text[..salutation]).Where(line => !line.IsBlank).ToList();
        var sender = lines
            .Select(line => PartyFinder.NameAt(text, line.Start, line.End, standsAlone: true))
            .FirstOrDefault(name => name is not null);
        if (sender is not null)
        {
            found.Add(sender);
        }

        var addressee = lines.FirstOrDefault(line => Titled().IsMatch(line.In(text)));
        if (addressee.IsBlank)
        {
            // Without a title: the first line of the paragraph behind the date.
            var dated = lines.FindIndex(line => HasYear().IsMatch(line.In(text)));
            addressee = dated >= 0 ? lines.Skip(dated + 1).FirstOrDefault(line => line.AfterBlank) : default;
        }

        if (
            !addressee.IsBlank
            && PartyFinder.NameAt(text, addressee.Start, addressee.End, standsAlone: true) is { } name
        )
        {
            found.Add(name);
        }
    }

    [GeneratedRegex(
        @"^(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|MR|MRS|MS|DR)\.?\s+\p{Lu}",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Titled();

    [GeneratedRegex(@"\b(?:19|20)[0-9]{2}$", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex HasYear();
}
