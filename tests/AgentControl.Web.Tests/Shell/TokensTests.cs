using System.Globalization;
using System.Text.RegularExpressions;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using AgentControl.Web.Tests.Shared;

namespace AgentControl.Web.Tests.Shell;

public sealed partial class TokensTests
{
    public static TheoryData<string> Themes => ["light", "dark"];

    [Fact]
    public void StyleSheet_EachColour_EqualsTheTheme()
    {
        var css = File.ReadAllText(UiContext.Asset("css/tokens.css"));
        var inCss = Declaration()
            .Matches(css)
            .ToDictionary(m => m.Groups["name"].Value, m => (m.Groups["light"].Value, m.Groups["dark"].Value));
        Assert.Equal(Tokens.All.Select(t => t.Name).Order(), inCss.Keys.Order());
        Assert.All(Tokens.All, t => Assert.Equal((t.Light, t.Dark), inCss[t.Name]));
    }

    [Theory, MemberData(nameof(Themes))]
    public void Hues_OnEveryGroundAndTheirTint_HaveContrast(string theme)
    {
        foreach (var (hue, tint) in Tokens.Hues)
        {
            foreach (var ground in (Token[])[Tokens.Bg, Tokens.Surface, Tokens.Sunken, tint])
            {
                Assert.True(
                    Contrast(hue, ground, theme) >= 5.3,
                    $"{hue.Name} on {ground.Name}, {theme}: {Contrast(hue, ground, theme):0.00}"
                );
            }
        }
    }

    [Theory, MemberData(nameof(Themes))]
    public void Text_OnEveryGround_HasContrast(string theme)
    {
        foreach (var ground in (Token[])[Tokens.Bg, Tokens.Surface, Tokens.Sunken, Tokens.Raised])
        {
            Assert.True(Contrast(Tokens.Text, ground, theme) >= 12, $"text on {ground.Name}");
            Assert.True(
                Contrast(Tokens.Text2, ground, theme) >= 6.4,
                $"text-2 on {ground.Name}: {Contrast(Tokens.Text2, ground, theme):0.00}"
            );
        }

        Assert.True(Contrast(Tokens.OnAccent, Tokens.Accent, theme) >= 4.5);
        Assert.True(Contrast(Tokens.Edge, Tokens.Surface, theme) >= 3);
        Assert.True(Contrast(Tokens.Edge, Tokens.Bg, theme) >= 3);
    }

    [Theory, MemberData(nameof(Themes))]
    public void Chips_TextOnTheirGround_HasContrast(string theme)
    {
        foreach (var look in StateLook.All)
        {
            var (hue, tint) = Tokens.Hues.Single(h => h.Hue.Name == look.Hue);
            var (text, ground) = look.Form switch
            {
                ChipForm.Solid => (Tokens.OnHue, hue),
                ChipForm.Tint => (hue, tint),
                _ => (hue, Tokens.Surface),
            };
            Assert.True(
                Contrast(text, ground, theme) >= 4.5,
                $"{look.Key}, {theme}: {Contrast(text, ground, theme):0.00}"
            );
        }
    }

    [Fact]
    public void Theme_Palette_HasNoDefaultColour()
    {
        var palettes =
            $"{AgentTheme.Value.PaletteLight.Primary} {AgentTheme.Value.PaletteDark.Primary} {AgentTheme.Value.PaletteLight.AppbarBackground}";
        Assert.DoesNotContain("594ae2", palettes, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("776be7", palettes, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith(
            "#0b6468",
            AgentTheme.Value.PaletteLight.Primary.ToString(MudBlazor.Utilities.MudColorOutputFormats.Hex),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public void StyleSheets_AllListed_Exist()
    {
        Assert.All(
            Stylesheets.All.Concat(Stylesheets.Static),
            sheet => Assert.True(File.Exists(UiContext.Asset(sheet)))
        );
    }

    private static double Contrast(Token one, Token other, string theme)
    {
        var (a, b) = theme == "light" ? (one.Light, other.Light) : (one.Dark, other.Dark);
        var (high, low) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (high + 0.05) / (low + 0.05);
    }

    // WCAG 2.2: relative luminance of sRGB.
    private static double Luminance(string hex)
    {
        double Channel(int at)
        {
            var c = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255d;
            return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }

    [GeneratedRegex(
        @"--ac-(?<name>[a-z0-9-]+):\s*light-dark\((?<light>#[0-9A-F]{6}),\s*(?<dark>#[0-9A-F]{6})\)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Declaration();
}
