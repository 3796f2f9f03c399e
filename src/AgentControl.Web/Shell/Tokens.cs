namespace AgentControl.Web.Shell;

/// <summary>A colour of the design language with its value in both themes; the style sheet has it as --ac-{Name}.</summary>
internal sealed record Token(string Name, string Light, string Dark);

/// <summary>The colours that the style sheet tokens.css holds, for the theme of the components. A test keeps both equal.</summary>
internal static class Tokens
{
    public static readonly Token Bg = new("bg", "#F6F5F2", "#101214");
    public static readonly Token Surface = new("surface", "#FFFFFF", "#171A1D");
    public static readonly Token Sunken = new("sunken", "#EEECE7", "#0B0D0F");
    public static readonly Token Raised = new("raised", "#EEECE7", "#20252A");
    public static readonly Token Line = new("line", "#DAD6CE", "#2E343A");
    public static readonly Token Edge = new("edge", "#807A70", "#78828C");
    public static readonly Token Text = new("text", "#1C1B19", "#ECEAE6");
    public static readonly Token Text2 = new("text-2", "#57534C", "#A9AFB6");
    public static readonly Token Accent = new("accent", "#0B6468", "#5CC8C8");
    public static readonly Token OnAccent = new("on-accent", "#FFFFFF", "#062021");
    public static readonly Token OnHue = new("on-hue", "#FFFFFF", "#101214");
    public static readonly Token Grey = new("grey", "#57534C", "#A9AFB6");
    public static readonly Token GreyTint = new("grey-tint", "#EEECE7", "#23282D");
    public static readonly Token Blue = new("blue", "#1A5CB8", "#7DB4FF");
    public static readonly Token BlueTint = new("blue-tint", "#E4EEFB", "#12294A");
    public static readonly Token Amber = new("amber", "#8A5200", "#F2B64C");
    public static readonly Token AmberTint = new("amber-tint", "#FCEFD6", "#3A2A0B");
    public static readonly Token Violet = new("violet", "#7426B8", "#CFA3FF");
    public static readonly Token VioletTint = new("violet-tint", "#F3E8FC", "#321A4D");
    public static readonly Token Green = new("green", "#1B6E38", "#6FD08C");
    public static readonly Token GreenTint = new("green-tint", "#E1F3E6", "#0F3320");
    public static readonly Token Red = new("red", "#B3261E", "#FF8A80");
    public static readonly Token RedTint = new("red-tint", "#FCE8E6", "#451715");

    public static readonly Token[] All =
    [
        Bg,
        Surface,
        Sunken,
        Raised,
        Line,
        Edge,
        Text,
        Text2,
        Accent,
        OnAccent,
        OnHue,
        Grey,
        GreyTint,
        Blue,
        BlueTint,
        Amber,
        AmberTint,
        Violet,
        VioletTint,
        Green,
        GreenTint,
        Red,
        RedTint,
    ];

    /// <summary>The hues that carry meaning, each with its tint.</summary>
    public static readonly (Token Hue, Token Tint)[] Hues =
    [
        (Grey, GreyTint),
        (Blue, BlueTint),
        (Amber, AmberTint),
        (Violet, VioletTint),
        (Green, GreenTint),
        (Red, RedTint),
    ];
}
