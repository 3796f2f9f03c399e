using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>What headings and sentences tell a kind of clause by.</summary>
internal static partial class ClauseRules
{
    private const int Timeout = 10_000;
    private const RegexOptions Options =
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    public static readonly IReadOnlyList<(string Kind, Regex Heading, Regex Body)> All =
    [
        (ClauseKinds.Termination, TerminationHeading(), TerminationBody()),
        (ClauseKinds.Liability, LiabilityHeading(), LiabilityBody()),
        (ClauseKinds.Indemnity, IndemnityHeading(), IndemnityBody()),
        (ClauseKinds.Confidentiality, ConfidentialityHeading(), ConfidentialityBody()),
        (ClauseKinds.ForceMajeure, ForceMajeureHeading(), ForceMajeureBody()),
        (ClauseKinds.Assignment, AssignmentHeading(), AssignmentBody()),
    ];

    /// <summary>Headings that say nothing of their content: there the sentences decide.</summary>
    [GeneratedRegex(
        @"^(general|miscellaneous|final provisions?|other( provisions?| matters)?|boilerplate|obligations|covenants|conditions( of \w+)?|terms|closing provisions?|standard terms)\b",
        Options,
        Timeout
    )]
    public static partial Regex CatchAll();

    /// <summary>Titles of whole documents, which are no heading of a clause, and transfers of data or risk, which are no assignment.</summary>
    [GeneratedRegex(
        @"\b(agreement|contract|lease|deed|undertaking|letter)$|^private and|^strictly|data transfer|transfers? of (data|personal|risk|title)|third countr",
        Options,
        Timeout
    )]
    public static partial Regex NotAClause();

    [GeneratedRegex(
        @"terminat|cancel|\bending\b|\bend of\b(?! terms)|\bbreak\b|forfeit|\bretir|\bparting\b|dissol|expulsion|resignation|rescission|early exit",
        Options,
        Timeout
    )]
    private static partial Regex TerminationHeading();

    [GeneratedRegex(
        @"\b(may|can|is entitled to|are entitled to|shall be entitled to|has the right to)\s+([^\s.]{1,30}\s+){0,8}(terminate|cancel|rescind|end)\b|\b(agreement|contract|employment|engagement|licen[cs]e|lease|tenancy|rights?)\b[^.]{0,80}\b(terminates?|(will|shall|may) be (terminated|cancelled))\b|\b(automatically|shall|will)\s+(automatically\s+)?terminate\b",
        Options,
        Timeout
    )]
    private static partial Regex TerminationBody();

    [GeneratedRegex(
        @"liabilit|^limits?$|^limitations?$|^limitations? (of|on) (damages|remed|claims)|exclusion of damages",
        Options,
        Timeout
    )]
    private static partial Regex LiabilityHeading();

    [GeneratedRegex(
        @"\bliabilit(y|ies)\b[^.]{0,160}\b(limited|exceed|capped|excluded|unlimited)\b|\b(not|neither|nor|no event)\b[^.]{0,300}\bliable\b|\b(excludes?|limits?)\b[^.]{0,60}\bliability\b",
        Options,
        Timeout
    )]
    private static partial Regex LiabilityBody();

    [GeneratedRegex(@"indemn|hold harmless|harmless", Options, Timeout)]
    private static partial Regex IndemnityHeading();

    [GeneratedRegex(@"\bindemnif(y|ies)\b|\bhold\b[^.]{0,60}\bharmless\b", Options, Timeout)]
    private static partial Regex IndemnityBody();

    [GeneratedRegex(@"confiden|secre(t|cy)|non-?disclosure|\bdisclosures?$|professional privacy", Options, Timeout)]
    private static partial Regex ConfidentialityHeading();

    [GeneratedRegex(
        @"\b(keeps?|holds?|treats?)\b[^.]{0,100}\b(confidential|secret|in confidence)\b|\b(use|protect|disclose)\s+confidential information\b|\b(shall|must|may|will) not disclose\b",
        Options,
        Timeout
    )]
    private static partial Regex ConfidentialityBody();

    [GeneratedRegex(
        @"force majeure|events? (outside|beyond)|(outside|beyond)\b.{0,40}\bcontrol|^(excusable )?delays?$|acts? of god|hardship",
        Options,
        Timeout
    )]
    private static partial Regex ForceMajeureHeading();

    [GeneratedRegex(@"force majeure|\b(beyond|outside)\s+([^\s.]{1,20}\s+){0,3}control\b", Options, Timeout)]
    private static partial Regex ForceMajeureBody();

    [GeneratedRegex(@"\bassign|alienation|\btransfers?\b|\bsub-?let|\bunderlet|delegation", Options, Timeout)]
    private static partial Regex AssignmentHeading();

    [GeneratedRegex(
        @"\b(may|shall|must|can|cannot|will)\b[^.]{0,60}\b(assign|assigned|sub-?let|passed on|transfer(red)?)\b[^.]{0,100}\b(consent|approval|permission|agreement|contract|rights?|it|licen[cs]e)\b",
        Options,
        Timeout
    )]
    private static partial Regex AssignmentBody();
}
