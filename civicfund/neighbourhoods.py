"""The neighbourhoods of Milano and about where each lies: enough to say what is near, not to measure anything.

The names are those of the city's Nuclei di Identità Locale, written apart where the city joins several. Coordinates are
approximate centres in degrees (WGS 84), read off by eye and good to about half a kilometre; postcodes stand for the
neighbourhood that most of theirs lies in. Another city changes this file together with the boroughs'.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """A place people name: its names, the first of which is shown, the boroughs it touches, and about where it is."""

    names: tuple[str, ...]
    boroughs: tuple[int, ...]
    north: float
    east: float

    @property
    def name(self) -> str:
        """Return the name it is shown by."""
        return self.names[0]


#: Names and postcodes; boroughs; degrees north and east, approximate.
TABLE = """
Duomo, Centro, 20121, 20122, 20123 | 1 | 45.464 9.190
Brera | 1 | 45.472 9.188
Giardini Porta Venezia | 1 3 | 45.474 9.200
Guastalla | 1 | 45.460 9.201
Porta Vigentina, Porta Lodovica | 1 5 | 45.452 9.193
Conca del Naviglio, Colonne di San Lorenzo | 1 | 45.456 9.180
Magenta, San Vittore | 1 7 | 45.464 9.170
Parco Sempione | 1 | 45.474 9.176
Porta Garibaldi, Porta Nuova | 1 9 | 45.482 9.188
Stazione Centrale, Ponte Seveso, 20124 | 2 9 | 45.487 9.202
Isola, 20159 | 9 | 45.489 9.189
Maciachini, Maggiolina | 2 9 | 45.496 9.190
Greco, Segnano, 20125 | 2 | 45.503 9.211
Niguarda, Ca' Granda, 20162 | 9 | 45.515 9.193
Bicocca, 20126 | 2 9 | 45.514 9.211
Gorla, Precotto | 2 | 45.509 9.226
Adriano, 20128 | 2 | 45.515 9.247
Cimiano, Rottole, Feltre, 20132 | 3 | 45.499 9.247
Padova, Turro, Crescenzago | 2 | 45.499 9.229
Loreto, Casoretto, NoLo, 20127, 20131 | 2 3 | 45.489 9.219
Buenos Aires, Porta Venezia, Porta Monforte, 20129 | 3 | 45.476 9.211
Città Studi, Piola, 20133 | 3 | 45.477 9.227
Lambrate, Ortica, Rubattino, 20134 | 3 | 45.480 9.245
Parco Forlanini, Cavriano | 3 4 | 45.464 9.256
Corsica | 4 | 45.462 9.225
XXII Marzo | 4 | 45.462 9.214
Porta Romana, 20135 | 1 4 5 | 45.451 9.203
Calvairate, Umbria, Molise, 20137 | 4 | 45.455 9.220
Ortomercato | 4 | 45.453 9.231
Taliedo, Morsenchio, Forlanini, Mecenate, 20138 | 4 | 45.451 9.250
Ponte Lambro, Monluè | 4 | 45.444 9.261
Triulzo Superiore | 4 | 45.431 9.256
Rogoredo, Santa Giulia | 4 | 45.433 9.245
Chiaravalle | 4 5 | 45.417 9.238
Corvetto, Lodi, 20139 | 4 | 45.442 9.221
Scalo Romana | 4 5 | 45.444 9.204
Morivione | 5 | 45.438 9.195
Vigentino, Fatima, 20141 | 5 | 45.430 9.201
Quintosole | 5 | 45.407 9.208
Ronchetto delle Rane | 5 | 45.408 9.179
Gratosoglio, Missaglia, Terrazze | 5 | 45.417 9.172
Stadera, Chiesa Rossa, Torretta, Conca Fallata | 5 | 45.430 9.176
Tibaldi, 20136 | 5 | 45.443 9.181
Porta Ticinese, Conchetta, Navigli | 1 5 6 | 45.449 9.178
Moncucco, San Cristoforo, 20143 | 6 | 45.444 9.160
Barona, 20142 | 6 | 45.434 9.156
Cantalupa | 6 | 45.422 9.153
Ronchetto sul Naviglio, Lodovico il Moro | 6 | 45.438 9.138
Giambellino, 20147 | 6 7 | 45.449 9.144
Porta Genova, Tortona, Solari, 20144 | 6 | 45.453 9.164
Porta Magenta, Washington, 20146 | 6 7 | 45.464 9.159
Bande Nere | 6 7 | 45.461 9.137
Lorenteggio | 6 | 45.451 9.123
Muggiano | 7 | 45.449 9.070
Baggio, Olmi, Valsesia, 20152 | 7 | 45.462 9.090
Forze Armate | 7 | 45.462 9.111
San Siro, 20148 | 7 8 | 45.475 9.130
De Angeli, Monte Rosa, 20149 | 7 8 | 45.472 9.149
Tre Torri, CityLife | 8 | 45.478 9.156
Stadio, Ippodromi | 7 8 | 45.480 9.118
Quarto Cagnino | 7 | 45.472 9.106
Quinto Romano | 7 | 45.477 9.086
Figino, 20153 | 7 8 | 45.494 9.077
Trenno | 7 8 | 45.493 9.101
Gallaratese, San Leonardo, Lampugnano, 20151 | 8 | 45.497 9.113
QT8 | 8 | 45.486 9.137
Portello | 8 | 45.486 9.152
Pagano, 20145 | 1 7 8 | 45.471 9.162
Sarpi, Chinatown, 20154 | 1 8 | 45.482 9.172
Ghisolfa, 20155 | 8 | 45.492 9.162
Villapizzone, Cagnola, Boldinasco, 20156 | 8 | 45.499 9.148
Musocco, Certosa | 8 | 45.505 9.133
Cascina Merlata | 8 | 45.510 9.101
Roserio | 8 | 45.518 9.118
Stephenson | 8 | 45.513 9.123
Quarto Oggiaro, Vialba, 20157 | 8 | 45.513 9.141
Bovisa, 20158 | 8 9 | 45.503 9.162
Farini | 9 | 45.495 9.174
Dergano | 9 | 45.504 9.179
Affori, 20161 | 9 | 45.514 9.172
Bovisasca | 9 | 45.520 9.156
Comasina | 9 | 45.526 9.163
Bruzzano | 9 | 45.527 9.175
Parco Nord | 9 | 45.530 9.200
Assiano | 7 | 45.450 9.050
"""

#: About the middle of each borough.
CENTRES: dict[int, tuple[float, float]] = {
    1: (45.464, 9.188),
    2: (45.498, 9.220),
    3: (45.482, 9.237),
    4: (45.449, 9.231),
    5: (45.429, 9.190),
    6: (45.443, 9.148),
    7: (45.465, 9.105),
    8: (45.498, 9.130),
    9: (45.511, 9.181),
}


def _read(line: str) -> Spot:
    names, boroughs, degrees = line.split(" | ")
    north, east = (float(part) for part in degrees.split())
    return Spot(tuple(names.split(", ")), tuple(int(one) for one in boroughs.split()), north, east)


SPOTS = [_read(line) for line in TABLE.strip().splitlines()]
#: What people are offered to choose from: every name, without the postcodes.
NAMES = sorted(name for spot in SPOTS for name in spot.names if not name.isdecimal())
